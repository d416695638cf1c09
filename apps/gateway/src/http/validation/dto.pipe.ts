import { AppError, validationFailed, type FieldError } from '@app/contracts';
import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { fieldErrors } from './field-errors.js';
import { lostIn, reservedNamesIn } from './lost-members.js';

/**
 * Turns bodies and queries into their DTO and refuses what the DTO does not know. Nothing is converted unless the
 * DTO says so with `@Type` or `@Transform`: the text "5" is not the number 5.
 */
@Injectable()
export class DtoPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transformOptions: { enableImplicitConversion: false },
      exceptionFactory: (errors) => validationFailed(fieldErrors(errors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && !isJsonObject(value)) {
      throw new AppError({ code: 'BAD_REQUEST', kind: 'user', message: 'The body has to be a JSON object.' });
    }
    if (!this.toValidate(metadata)) return super.transform(value, metadata);
    refuse(reservedNamesIn(value));
    const read: unknown = await super.transform(value, metadata);
    refuse(lostIn(value, read).map((field) => ({ field, message: 'is not known here' })));
    return read;
  }
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw validationFailed(errors);
}

/** No body at all counts as an empty object: what is missing is then named field by field. */
function isJsonObject(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value));
}
