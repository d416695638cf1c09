import { stdSerializers } from 'pino';

export const REDACTED = '[redacted]';

const SENSITIVE =
  /authorization|cookie|passw(or)?d|passphrase|secret|signature|api[-_]?key|private[-_]?key|credential|encryption[-_]?key|(^|[-_a-z])(token|tokens|jwt|otp)$/i;
const DEEPEST = 8;

/** Whether what stands under this name must not be logged: passwords, tokens, cookies, keys and signatures. */
export function isSensitive(name: string): boolean {
  return SENSITIVE.test(name);
}

/**
 * A copy of a value that is safe to log: sensitive fields at any depth are replaced, errors and class instances
 * become plain, bytes become their length. Cycles end, and so does what is nested too deeply.
 */
export function redact(value: unknown, seen: readonly object[] = []): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (seen.includes(value)) return '[circular]';
  if (seen.length >= DEEPEST) return '[deep]';
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return value;
  const inside = [...seen, value];
  if (Array.isArray(value)) return value.map((item) => redact(item, inside));
  const plain: object = value instanceof Error ? stdSerializers.err(value) : value;
  return Object.fromEntries(
    Object.entries(plain).map(([name, item]) => [name, hides(name, item) ? REDACTED : redact(item, inside)]),
  );
}

/** Whether a token was there at all is worth logging and harmless. */
function hides(name: string, item: unknown): boolean {
  return isSensitive(name) && item !== null && item !== undefined && typeof item !== 'boolean';
}
