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
import { checkOnFailure } from './on-failure.shape.js';
import { StepListValidator } from './step-list.validator.js';

/** Most characters of an input schema as JSON. */
const MAX_SCHEMA = 65_536;

/**
 * Checks a whole definition, the way it is checked when it is saved.
 * @returns what is wrong, by JSON path, each with a sentence that says how to mend it; empty when it is valid
 */
export function validateDefinition(definition: unknown, bounds: Bounds = standardBounds): FieldError[] {
  if (Buffer.byteLength(JSON.stringify(definition) ?? '') > bounds.maxDefinitionBytes) {
    const bound = `${bounds.maxDefinitionBytes} bytes (WORKFLOW_MAX_DEFINITION_BYTES)`;
    return [{ field: '', message: `is larger than ${bound}: move data into the run's input` }];
  }
  const { value, errors } = checkShape(DefinitionShape, definition, '');
  const steps = Array.isArray(value.steps) ? new StepListValidator(bounds).check(value.steps, 'steps') : [];
  return [...errors, ...steps, ...configErrors(value)];
}

function configErrors({ trigger_type, config: given }: WorkflowDefinition): FieldError[] {
  const config = given ?? {};
  if (typeof config !== 'object' || Array.isArray(config)) return [];
  const { errors } = checkShape(DefinitionConfig, config, 'config');
  errors.push(...inputSchemaErrors(config['input_schema']));
  errors.push(...checkOnFailure(config['on_failure'], 'config.on_failure'));
  errors.push(...checkLimits(config['limits'], 'config.limits'));
  if (trigger_type === TriggerType.Webhook && config['trigger'] !== undefined) {
    errors.push(...checkWebhookTrigger(config['trigger'], 'config.trigger'));
  }
  if (trigger_type === TriggerType.Cron) {
    errors.push(...checkShape(CronTrigger, config['trigger'], 'config.trigger').errors);
  }
  if (trigger_type === TriggerType.Event) errors.push(...checkEventTrigger(config['trigger'], 'config.trigger'));
  if (trigger_type === TriggerType.Manual && config['trigger'] !== undefined) {
    errors.push({ field: 'config.trigger', message: 'has no meaning for trigger_type manual: remove it' });
  }
  return errors;
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
