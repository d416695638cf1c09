import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

/** A payload as its class, or what is wrong with it: one sentence per mistake. */
export type ReadPayload<T> = { ok: true; payload: T } | { ok: false; mistakes: string[] };

/**
 * Checks raw data against a message class. Fields the class does not know are dropped, because a newer version of the
 * sender may have added them.
 */
export function readPayload<T extends object>(type: new () => T, data: unknown): ReadPayload<T> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return { ok: false, mistakes: ['The payload must be an object.'] };
  }
  const payload = plainToInstance(type, data);
  const errors = validateSync(payload, { whitelist: true, forbidUnknownValues: true });
  if (errors.length === 0) return { ok: true, payload };
  return { ok: false, mistakes: errors.flatMap(({ constraints = {} }) => Object.values(constraints)) };
}
