import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { getMetadataStorage } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { invalidDefinitions } from '../../../../test/definition/invalid-definitions.js';
import { definitionSchema } from '../json-schema/definition-schema.js';
import { stepKind, stepTypes } from '../step-kinds/registry.js';
import { SwitchCase } from '../step-kinds/switch.kind.js';
import { CronTrigger } from './cron-trigger.shape.js';
import { DefinitionConfig } from './definition-config.shape.js';
import { DefinitionShape, ProbeShape, RetryShape, StepShape } from './definition.shape.js';
import { ConcurrencyLimit, Limits, RateLimit } from './limits.shape.js';
import { OnFailure } from './on-failure.shape.js';
import { EventTrigger } from './event-trigger.shape.js';
import { validateDefinition } from './validate-definition.js';
import { WebhookChallenge } from './webhook-challenge.shape.js';
import { WebhookResponse } from './webhook-response.shape.js';
import { WebhookTrigger, WebhookVerification } from './webhook-trigger.shape.js';

const shapes: readonly (new () => object)[] = [
  DefinitionShape,
  DefinitionConfig,
  StepShape,
  RetryShape,
  ProbeShape,
  SwitchCase,
  CronTrigger,
  EventTrigger,
  Limits,
  ConcurrencyLimit,
  RateLimit,
  OnFailure,
  WebhookTrigger,
  WebhookVerification,
  WebhookResponse,
  WebhookChallenge,
  ...stepTypes.map((type) => stepKind(type).config),
];
/** No text of a definition can be longer than a definition. */
const WHOLE = 1_048_576;
const invalid = invalidDefinitions();
const ajv = new Ajv2020({ strictTypes: false, strictRequired: false });
addFormats.default(ajv);
const isValid = ajv.compile(definitionSchema());

/** A definition of a thousand steps takes its time where everybody is at work. */
const PATIENCE = { timeout: 60_000 };

/** Words of a sentence that says what to do. */
const REMEDY =
  /\b(must|may|remove|rename|write|mend|give|correct|known are|possible are|move|make it|split|use|is not a valid expression|only go)\b/;

describe('each definition of test/fixtures/invalid', PATIENCE, () => {
  it.each(invalid)('is refused with path and remedy: $name', ({ field, says, definition }) => {
    const errors = validateDefinition(definition);
    expect(errors.map((error) => error.field)).toContain(field);
    const messages = errors.filter((error) => error.field === field).map(({ message }) => message);
    expect(messages.join('\n')).toContain(says);
    for (const { message } of errors) expect(message).toMatch(REMEDY);
  });

  it.each(invalid.filter(({ shape }) => shape === true))(
    'is not valid by the schema either: $name',
    ({ definition }) => {
      expect(isValid(definition)).toBe(false);
    },
  );

  it('together break every rule of the shapes', () => {
    const broken = rulesBrokenBy(() => invalid.forEach(({ definition }) => validateDefinition(definition)));
    expect(
      allRules()
        .map(({ name }) => name)
        .filter((name) => !broken.has(name)),
    ).toEqual([]);
  });
});

interface NamedRule {
  name: string;
  rule: { message: unknown };
}

/** The rules of the shapes, apart from those that only say how many bytes a whole definition may have. */
function allRules(): NamedRule[] {
  return shapes.flatMap((shape) =>
    getMetadataStorage()
      .getTargetValidationMetadatas(shape, '', false, false)
      .filter(({ type, constraints }) => type === 'customValidation' && !(constraints ?? []).includes(WHOLE))
      .map((rule) => ({ name: `${shape.name}.${rule.propertyName} ${rule.name}`, rule })),
  );
}

/** The names of the rules that are broken meanwhile: a rule is asked for its sentence when it is. */
function rulesBrokenBy(act: () => void): Set<string> {
  const broken = new Set<string>();
  const rules = allRules().map((named) => ({ ...named, message: named.rule.message }));
  for (const { name, rule } of rules) rule.message = () => broken.add(name) && '';
  try {
    act();
  } finally {
    for (const { rule, message } of rules) rule.message = message;
  }
  return broken;
}
