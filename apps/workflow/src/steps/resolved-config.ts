import { isStorableJson } from '@app/database';
import { checkShape, resolveTemplate, stepKind } from '@app/definition';
import { StepFailure } from './step-failure.js';
import type { StepContext } from './step-runner.js';

/**
 * A leaf's config with its expressions resolved, valid for its class.
 * @throws StepFailure CONFIG_INVALID naming the field, ExpressionError
 */
export async function resolvedConfig<Config extends object>(
  context: StepContext,
  shape: new () => Config,
): Promise<Config> {
  const { step, scope, evaluation } = context;
  const value = await resolveTemplate(step.config, scope, evaluation);
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
