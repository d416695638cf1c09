import { registerDecorator } from 'class-validator';

/**
 * The member is a JSON object of at most so many bytes, written without spaces (UTF-8).
 * @param most bytes
 */
export function JsonObjectOf(most: number): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'jsonObjectOf',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value) => isObject(value) && new TextEncoder().encode(JSON.stringify(value)).length <= most,
        defaultMessage: () => `$property must be a JSON object of at most ${most} bytes`,
      },
    });
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
