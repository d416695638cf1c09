/**
 * JSON text that PostgreSQL's jsonb takes: without U+0000 and lone surrogates, which a mail server's answer may hold.
 * An outcome that cannot be written down would leave the job in doubt.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'string') return part;
    return part.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\u{FFFD}');
  });
}
