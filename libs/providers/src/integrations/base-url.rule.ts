import { schemaHint } from '@app/definition';
import { ValidateBy } from 'class-validator';

const LONGEST = 2_048;

/** An absolute http or https URL with nothing after its path, and without user and password. */
export function BaseUrl(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'baseUrl',
      validator: {
        validate: isBaseUrl,
        defaultMessage: () =>
          'must be an absolute http or https URL without user, password, query and fragment, like https://api.example.com/v1',
      },
    },
    schemaHint({ schema: { type: 'string', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://.', maxLength: LONGEST } }),
  );
}

function isBaseUrl(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > LONGEST || !URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && `${username}${password}${search}${hash}` === '';
}
