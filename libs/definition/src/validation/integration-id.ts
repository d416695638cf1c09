import { isId } from '@app/contracts';
import { ValidateBy } from 'class-validator';
import { schemaHint } from '../json-schema/schema-hint.js';

/** The name under which class-validator reports it. */
export const INTEGRATION_ID = 'integrationId';

/**
 * The id of an integration, as it stands in a template too: whose credentials a step uses is the author's choice, and not
 * that of whoever sends a run its input.
 */
export function IntegrationId(): PropertyDecorator {
  return ValidateBy(
    {
      name: INTEGRATION_ID,
      validator: {
        validate: isId,
        defaultMessage: () => 'must be the id of an integration, written as it is: an expression cannot choose one',
      },
    },
    schemaHint({ schema: { type: 'string', format: 'uuid' } }),
  );
}
