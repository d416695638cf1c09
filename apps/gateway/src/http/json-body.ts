import { isUtf8 } from 'node:buffer';
import { AppError } from '@app/contracts';
import { whyNotStorable } from './validation/storable.js';

/**
 * The value of a JSON body; undefined for an empty one.
 * @throws AppError BAD_REQUEST when it is not JSON, not UTF-8, nested too deep, or cannot be stored as it is
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw refused('The body is not UTF-8.');
  const text = body.toString('utf8');
  const value = parse(text);
  const reason = whyNotStorable(value);
  if (reason !== undefined) throw refused(reason);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused('The body is not valid JSON.');
  }
}

function refused(message: string): AppError {
  return new AppError({ code: 'BAD_REQUEST', kind: 'user', message });
}
