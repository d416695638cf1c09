import { TriggerType, type FieldError } from '@app/contracts';
import { standardBounds, type Bounds } from '../bounds.js';
import type { WorkflowDefinition } from '../definition.js';
import { checkEventTrigger } from './check-event-trigger.js';
import { checkLimits } from './check-limits.js';
import { checkShape } from './check-shape.js';
import { checkWebhookTrigger } from './check-webhook-trigger.js';
import { CronTrigger } from './cron-trigger.shape.js';
import { DefinitionConfig } from './definition-config.shape.js';
import { DefinitionShape } from './definition.shape.js';
import { atOnce, inTurns } from '../in-turns.js';
import { Mistakes } from './mistakes.js';
import { checkOnFailure } from './on-failure.shape.js';
import { StepListValidator } from './step-list.validator.js';

/** Most characters of an input schema as JSON. */
const MAX_SCHEMA = 65_536;

/**
 * Checks a whole definition, the way it is checked when it is saved.
 * @returns what is wrong, by JSON path, each with a sentence that says how to mend it, as far as `firstOf` tells; empty
 * when it is valid
 */
export function validateDefinition(definition: unknown, bounds: Bounds = standardBounds): FieldError[] {
  return atOnce(validationOf(definition, bounds));
}

/** The same without holding the event loop: a definition of a mebibyte may take a second (ADR 30). */
export function validateInTurns(definition: unknown, bounds: Bounds = standardBounds): Promise<FieldError[]> {
  return inTurns(validationOf(definition, bounds));
}

/** The same in pieces: it yields between two things that each take little time, and ends when there is nothing more to tell. */
export function* validationOf(definition: unknown, bounds: Bounds = standardBounds): Generator<void, FieldError[]> {
  const mistakes = new Mistakes();
  for (const _ of check(definition, bounds, mistakes)) {
    if (mistakes.areEnough) break;
    yield;
  }
  return mistakes.first();
}

function* check(definition: unknown, bounds: Bounds, mistakes: Mistakes): Generator<void, void> {
  if (Buffer.byteLength(JSON.stringify(definition) ?? '') > bounds.maxDefinitionBytes) {
    const bound = `${bounds.maxDefinitionBytes} bytes (WORKFLOW_MAX_DEFINITION_BYTES)`;
    mistakes.push({ field: '', message: `is larger than ${bound}: move data into the run's input` });
    return;
  }
  yield;
  const { value, errors } = checkShape(DefinitionShape, definition, '');
  mistakes.push(...errors);
  yield;
  if (Array.isArray(value.steps)) yield* new StepListValidator(bounds, mistakes).check(value.steps, 'steps');
  yield* checkConfig(value, mistakes);
}

function* checkConfig({ trigger_type, config: given }: WorkflowDefinition, mistakes: Mistakes): Generator<void, void> {
  const config = given ?? {};
  if (typeof config !== 'object' || Array.isArray(config)) return;
  mistakes.push(...checkShape(DefinitionConfig, config, 'config').errors);
  yield;
  mistakes.push(...inputSchemaErrors(config['input_schema']));
  mistakes.push(...checkOnFailure(config['on_failure'], 'config.on_failure'));
  mistakes.push(...checkLimits(config['limits'], 'config.limits'));
  yield;
  if (trigger_type === TriggerType.Webhook && config['trigger'] !== undefined) {
    yield* checkWebhookTrigger(config['trigger'], 'config.trigger', mistakes);
  }
  if (trigger_type === TriggerType.Cron) {
    mistakes.push(...checkShape(CronTrigger, config['trigger'], 'config.trigger').errors);
  }
  if (trigger_type === TriggerType.Event) mistakes.push(...checkEventTrigger(config['trigger'], 'config.trigger'));
  if (trigger_type === TriggerType.Manual && config['trigger'] !== undefined) {
    mistakes.push({ field: 'config.trigger', message: 'has no meaning for trigger_type manual: remove it' });
  }
}

/** Whether it can be compiled is asked where it can be: that takes a library, and time that has to be bounded. */
function inputSchemaErrors(schema: unknown): FieldError[] {
  const field = 'config.input_schema';
  if (schema === undefined || typeof schema === 'boolean') return [];
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return [{ field, message: 'must be a JSON Schema (2020-12): an object, true or false' }];
  }
  if (JSON.stringify(schema).length <= MAX_SCHEMA) return [];
  return [{ field, message: `is larger than ${MAX_SCHEMA} characters: make it simpler` }];
}
