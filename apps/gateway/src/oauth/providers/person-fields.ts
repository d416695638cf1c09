import { isEmail } from 'class-validator';

const LONGEST_EMAIL = 254;
const LONGEST_NAME = 255;
const LONGEST_SUBJECT = 255;

/** An id that a provider gives a person, as text; undefined when it is none. */
export function subjectOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && /^[\x21-\x7e]+$/.test(text) && text.length <= LONGEST_SUBJECT ? text : undefined;
}

/** An address that could be an account's. */
export function emailOf(value: unknown): string | undefined {
  return isEmail(value) && typeof value === 'string' && value.length <= LONGEST_EMAIL ? value : undefined;
}

/** A name without what steers terminals and the direction of writing, which a provider passes on as the person typed it. */
export function nameOf(...parts: unknown[]): string | undefined {
  const texts = parts.filter((part) => typeof part === 'string');
  const name = texts
    .join(' ')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '')
    .trim();
  return name === '' ? undefined : [...name].slice(0, LONGEST_NAME).join('');
}
