import type { FieldError } from '@app/contracts';
import type { SchemaMistake } from './schema-thread.js';

/**
 * Mistakes by their JSON path: `input.items[0].name`.
 * @param root name of what was checked
 */
export function fieldErrorsOf(mistakes: readonly SchemaMistake[], root: string): FieldError[] {
  const errors = mistakes.map((mistake) => fieldError(mistake, root));
  return errors.filter(
    ({ field, message }, i) => i === errors.findIndex((e) => e.field === field && e.message === message),
  );
}

function fieldError(
  { instancePath, keyword, params, message = 'is not valid' }: SchemaMistake,
  root: string,
): FieldError {
  const path = jsonPath(root, instancePath);
  switch (keyword) {
    case 'required':
      return { field: member(path, String(params['missingProperty'])), message: 'is missing' };
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return {
        field: member(path, String(params['additionalProperty'] ?? params['unevaluatedProperty'])),
        message: UNKNOWN,
      };
    case 'enum':
      return { field: path, message: `must be one of ${JSON.stringify(params['allowedValues']).slice(1, -1)}` };
    case 'const':
      return { field: path, message: `must be ${JSON.stringify(params['allowedValue'])}` };
    default:
      return { field: path, message };
  }
}

const UNKNOWN = 'is not known here: remove it or mend its name';

/** A JSON pointer (RFC 6901) as a path: `/items/0/name` is `input.items[0].name`. */
function jsonPath(root: string, pointer: string): string {
  const tokens = pointer.split('/').slice(1);
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')).reduce(member, root);
}

function member(path: string, name: string): string {
  if (/^\d+$/.test(name)) return `${path}[${name}]`;
  return /^[A-Za-z_$][\w$-]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
