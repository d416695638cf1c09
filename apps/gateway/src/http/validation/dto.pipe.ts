import { AppError, validationFailed, type FieldError } from '@app/contracts';
import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { fieldErrors } from './field-errors.js';
import { lostIn, reservedNamesIn } from './lost-members.js';

/** Parameters of these types are no DTOs, and taken as they come. */
const asTheyCome: ReadonlySet<unknown> = new Set([String, Boolean, Number, Array, Object, Buffer, Date, undefined]);

/**
 * Turns bodies and queries into their DTO and refuses what the DTO does not know. Nothing is converted unless the
 * DTO says so with `@Type` or `@Transform`: the text "5" is not the number 5. Nest's ValidationPipe does the same with a
 * dozen promises for each body.
 */
@Injectable()
export class DtoPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'body' && !isJsonObject(value)) {
      throw new AppError({ code: 'BAD_REQUEST', kind: 'user', message: 'The body has to be a JSON object.' });
    }
    // What a decorator of ours made of the request is none of the caller's input.
    if (type === 'custom' || asTheyCome.has(metatype)) return value;
    return readDto(metatype as Type<object>, value ?? {});
  }
}

/** @throws AppError VALIDATION_FAILED */
function readDto(dto: Type<object>, value: object): object {
  refuse(reservedNamesIn(value));
  const read = plainToInstance(dto, value);
  const broken = validateSync(read, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  refuse(fieldErrors(broken));
  refuse(lostIn(value, read).map((field) => ({ field, message: 'is not known here' })));
  return read;
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw validationFailed(errors);
}

/** No body at all counts as an empty object: what is missing is then named field by field. */
function isJsonObject(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value));
}
