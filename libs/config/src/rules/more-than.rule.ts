import { registerDecorator, type ValidationArguments } from 'class-validator';

/**
 * The field's number is larger than that of another field.
 * @param other the field to compare with
 * @param variable the other field's variable, for the message
 */
export function MoreThan<C extends object>(other: keyof C & string, variable: string) {
  const valueOf = (args?: ValidationArguments) => Number((args?.object as Partial<C> | undefined)?.[other]);
  return (target: C, field: string): void => {
    registerDecorator({
      name: 'moreThan',
      target: target.constructor,
      propertyName: field,
      validator: {
        validate: (value, args) => Number(value) > valueOf(args),
        defaultMessage: (args) => `$property must be more than ${variable}, which is ${valueOf(args)}`,
      },
    });
  };
}
