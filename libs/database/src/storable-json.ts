/** An odd number of backslashes, then U+0000 or a lone surrogate: JSON.stringify escapes no other surrogate. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;
const EACH_UNSTORABLE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][\da-f]{2})/gi;

/**
 * Whether `jsonb` takes a text of JSON.stringify: it refuses U+0000 and halves of surrogate pairs. For what PostgreSQL
 * does not see at once, because it is kept elsewhere or written with the values of others.
 */
export function isStorableJson(json: string): boolean {
  return !(json.includes('\\u') && UNSTORABLE.test(json));
}

/**
 * A value that `jsonb` takes: U+FFFD stands where it has U+0000 or half of a surrogate pair, in names of members too. For
 * what has to be written down whatever it holds: what a receiver answered, what a mail server said.
 */
export function storable<T>(value: T): T {
  const json = JSON.stringify(value);
  return isStorableJson(json) ? value : (JSON.parse(json.replaceAll(EACH_UNSTORABLE, String.raw`$1\ufffd`)) as T);
}
