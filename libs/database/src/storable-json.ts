/** An odd number of backslashes, then U+0000 or a lone surrogate: JSON.stringify escapes no other surrogate. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

/**
 * Whether `jsonb` takes a text of JSON.stringify: it refuses U+0000 and halves of surrogate pairs. For what PostgreSQL
 * does not see at once, because it is kept elsewhere or written with the values of others.
 */
export function isStorableJson(json: string): boolean {
  return !(json.includes('\\u') && UNSTORABLE.test(json));
}
