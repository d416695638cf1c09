import { standardBounds, type Bounds } from '../bounds.js';
import { isStepType, stepKind } from '../step-kinds/registry.js';
import { checkShape } from './check-shape.js';

/** An integration that a definition names. */
export interface NamedIntegration {
  /** JSON path, like `steps[0].config.credential`. */
  field: string;
  id: string;
}

/**
 * The integrations whose credentials steps use, themselves or in a probe. Of a definition that is not valid, those that
 * can be made out.
 * @param path JSON path of the steps
 */
export function namedIntegrations(steps: unknown, path = 'steps', bounds: Bounds = standardBounds): NamedIntegration[] {
  return inList(steps, path, bounds.maxNesting);
}

function inList(steps: unknown, path: string, depth: number): NamedIntegration[] {
  if (!Array.isArray(steps) || depth === 0) return [];
  return steps.flatMap((step: unknown, i) => inStep(step, `${path}[${i}]`, depth));
}

function inStep(step: unknown, path: string, depth: number): NamedIntegration[] {
  const type = member(step, 'type');
  if (!isStepType(type)) return [];
  const config = member(step, 'config');
  if (type === 'http.request') {
    const request = member(member(step, 'probe'), 'request');
    return [...named(config, `${path}.config`), ...named(request, `${path}.probe.request`)];
  }
  const kind = stepKind(type);
  if (kind.nesting === 'none') return [];
  const { value, errors } = checkShape(kind.config, config, '');
  if (errors.length > 0) return [];
  return kind.lists(value).flatMap(({ field, steps }) => inList(steps, `${path}.config.${field}`, depth - 1));
}

function named(request: unknown, path: string): NamedIntegration[] {
  const id = member(request, 'credential');
  return typeof id === 'string' ? [{ field: `${path}.credential`, id }] : [];
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined;
}
