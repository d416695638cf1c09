import { ValidateBy } from 'class-validator';
import { piecesOf } from '../expressions/placeholders.js';
import { schemaHint } from '../json-schema/schema-hint.js';

/** The name under which class-validator reports it. */
export const NO_CREDENTIALS = 'noCredentials';

/**
 * A URL that holds neither user nor password. Where they stand can be seen in a template too: whatever an expression
 * comes to, `https://{{ a }}:{{ b }}@host/` holds some.
 */
export function NoCredentials(): PropertyDecorator {
  return ValidateBy(
    {
      name: NO_CREDENTIALS,
      validator: {
        validate: (value) => typeof value !== 'string' || !holdsCredentials(value),
        defaultMessage: () =>
          "must not hold a user and password: send the header authorization instead, for instance {{ 'Basic ' & $base64encode(secrets.login) }}",
      },
    },
    schemaHint({ schema: { type: 'string' } }),
  );
}

function holdsCredentials(template: string): boolean {
  const text = Array.from(piecesOf(template), (piece) => (piece.isExpression ? 'x' : piece.text)).join('');
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
}
