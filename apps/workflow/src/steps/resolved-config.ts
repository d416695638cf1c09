import { isStorableJson } from '@app/database';
import { checkShape, resolveTemplate, stepKind, type CompiledStep } from '@app/definition';
import { StepFailure } from './step-failure.js';
import type { StepContext } from './step-runner.js';

/**
 * A leaf's config with its expressions resolved, valid for its class; at once when all of them are known at once.
 * @throws StepFailure CONFIG_INVALID naming the field, ExpressionError; so does what is returned
 */
export function resolvedConfig<Config extends object>(
  { step, scope, evaluation }: StepContext,
  shape: new () => Config,
): Config | Promise<Config> {
  const value = resolveTemplate(step.config, scope, evaluation);
  return value instanceof Promise ? value.then((later) => valid(step, shape, later)) : valid(step, shape, value);
}

function valid<Config extends object>(step: CompiledStep, shape: new () => Config, value: unknown): Config {
  if (step.config.kind === 'literal' && stepKind(step.type).config === shape) return value as Config;
  const { value: config, errors } = checkShape(shape, value, 'config');
  const [first] = errors;
  if (first !== undefined) throw StepFailure.permanent('CONFIG_INVALID', `${first.field} ${first.message}`);
  // What is announced, asked of a worker or told of it could not be written down.
  if (!isStorableJson(JSON.stringify(value))) {
    throw StepFailure.permanent('CONFIG_INVALID', 'config holds U+0000 or half a surrogate pair');
  }
  return config;
}
