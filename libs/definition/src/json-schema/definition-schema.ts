import { TriggerType } from '@app/contracts';
import { stepKind, stepTypes, type StepType } from '../step-kinds/registry.js';
import { CronTrigger } from '../validation/cron-trigger.shape.js';
import { DefinitionConfig } from '../validation/definition-config.shape.js';
import { DefinitionShape, StepShape } from '../validation/definition.shape.js';
import { EventTrigger } from '../validation/event-trigger.shape.js';
import { Limits } from '../validation/limits.shape.js';
import { OnFailure } from '../validation/on-failure.shape.js';
import { WebhookTrigger } from '../validation/webhook-trigger.shape.js';
import { DRAFT, when, type JsonSchema } from './json-schema.js';
import { shapeSchema } from './shape-schema.js';

/** What the schema of a definition is called, so that those of single step types can refer to it. */
export const DEFINITION_SCHEMA_ID = 'urn:biometrics:workflow-definition';

/** The JSON Schema of a whole definition. A definition that can be saved is valid by it; not all that is can be saved. */
export function definitionSchema(): Record<string, unknown> {
  return {
    $schema: DRAFT,
    $id: DEFINITION_SCHEMA_ID,
    title: 'A workflow',
    ...withProperties(shapeSchema(DefinitionShape), { config: { $ref: '#/$defs/config' } }),
    allOf: Object.values(TriggerType).map((type) => when(isOf('trigger_type', type), triggerSchema(type))),
    $defs: {
      config: {
        anyOf: [
          withProperties(shapeSchema(DefinitionConfig), {
            limits: shapeSchema(Limits),
            on_failure: shapeSchema(OnFailure),
          }),
          { type: 'null' },
        ],
      },
      step: stepSchema(),
      ...Object.fromEntries(stepTypes.map((type) => [type, configSchema(type)])),
    },
  };
}

/** The JSON Schema of a step type's config, that of a definition beside it: a container's lists refer to it. */
export function stepTypeSchema(type: StepType): Record<string, unknown> {
  const { description, examples, nesting } = stepKind(type);
  const steps = { $defs: { step: { $ref: `${DEFINITION_SCHEMA_ID}#/$defs/step` } } };
  return {
    $schema: DRAFT,
    $id: `urn:biometrics:step-type:${type}`,
    title: type,
    description,
    ...configSchema(type),
    ...(nesting !== 'none' && steps),
    examples,
  };
}

function configSchema(type: StepType): Record<string, unknown> {
  const { config, isTemplate } = stepKind(type);
  return shapeSchema(config, isTemplate ? 'template' : 'value');
}

/** A step: what is the same for all, and by its type its config and the options that it has no use for. */
function stepSchema(): Record<string, unknown> {
  return {
    ...withProperties(shapeSchema(StepShape), { type: { enum: stepTypes } }),
    allOf: stepTypes.map((type) => {
      const config = { $ref: `#/$defs/${type}` };
      const useless = Object.fromEntries(stepKind(type).without.map((option) => [option, false]));
      return when(isOf('type', type), { properties: { config, ...useless } });
    }),
  };
}

function isOf(field: string, value: string): JsonSchema {
  return { properties: { [field]: { const: value } }, required: [field] };
}

function triggerSchema(type: TriggerType): JsonSchema {
  switch (type) {
    case TriggerType.Manual:
      return { properties: { config: { properties: { trigger: false } } } };
    case TriggerType.Webhook:
      return { properties: { config: { properties: { trigger: shapeSchema(WebhookTrigger) } } } };
    case TriggerType.Cron:
      return withTrigger(shapeSchema(CronTrigger));
    case TriggerType.Event:
      return withTrigger(shapeSchema(EventTrigger));
  }
}

function withTrigger(trigger: JsonSchema): JsonSchema {
  const config = { type: 'object', properties: { trigger }, required: ['trigger'] };
  return { properties: { config }, required: ['config'] };
}

function withProperties(schema: Record<string, unknown>, more: Record<string, JsonSchema>): Record<string, unknown> {
  return { ...schema, properties: { ...(schema['properties'] as object), ...more } };
}
