import { standardBounds, type Bounds } from '../bounds.js';
import { isStepType, stepKind } from '../step-kinds/registry.js';
import { checkShape } from './check-shape.js';
import { inTurns } from '../in-turns.js';

/** An integration that a definition names. */
export interface NamedIntegration {
  /** JSON path, like `steps[0].config.credential`. */
  field: string;
  id: string;
}

/**
 * The integrations whose credentials steps use, themselves or in a probe. Of a definition that is not valid, those that
 * can be made out.
 */
export function namedIntegrations(steps: unknown, bounds: Bounds = standardBounds): Promise<NamedIntegration[]> {
  return inTurns(
    (function* () {
      const found: NamedIntegration[] = [];
      yield* inList(steps, 'steps', bounds.maxNesting, found);
      return found;
    })(),
  );
}

function* inList(steps: unknown, path: string, depth: number, found: NamedIntegration[]): Generator<void, void> {
  if (!Array.isArray(steps) || depth === 0) return;
  for (const [i, step] of steps.entries()) {
    yield;
    yield* inStep(step, `${path}[${i}]`, depth, found);
  }
}

function* inStep(step: unknown, path: string, depth: number, found: NamedIntegration[]): Generator<void, void> {
  const type = member(step, 'type');
  if (!isStepType(type)) return;
  const config = member(step, 'config');
  if (type === 'http.request') {
    const request = member(member(step, 'probe'), 'request');
    found.push(...named(config, `${path}.config`), ...named(request, `${path}.probe.request`));
    return;
  }
  const kind = stepKind(type);
  if (kind.nesting === 'none') return;
  const { value, errors } = checkShape(kind.config, config, '');
  if (errors.length > 0) return;
  for (const { field, steps } of kind.lists(value)) yield* inList(steps, `${path}.config.${field}`, depth - 1, found);
}

function named(request: unknown, path: string): NamedIntegration[] {
  const id = member(request, 'credential');
  return typeof id === 'string' ? [{ field: `${path}.credential`, id }] : [];
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined;
}
