/** Deepest nesting of a JSON body. A definition's steps nest a few levels each; recursion further in stays safe. */
const MAX_DEPTH = 100;

/** PostgreSQL stores no U+0000, and a lone surrogate (category Cs) is no text in UTF-8. */
const NOT_STORABLE = /[\0\p{Cs}]/u;

/**
 * Why a parsed JSON value cannot be kept as it is, or undefined when it can. Iterative, so that no nesting overflows
 * the stack.
 */
export function whyNotStorable(value: unknown): string | undefined {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value === 'string' && isNotStorable(next.value))
      return 'The body holds U+0000 or half a character.';
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth === MAX_DEPTH) return `The body is nested deeper than ${MAX_DEPTH} levels.`;
    for (const [key, child] of Object.entries(next.value)) {
      if (isNotStorable(key)) return 'The body holds U+0000 or half a character.';
      // Copied by assignment, this key would replace the prototype of the copy.
      if (key === '__proto__') return 'The body holds the key __proto__.';
      open.push({ value: child, depth: next.depth + 1 });
    }
  }
  return undefined;
}

function isNotStorable(text: string): boolean {
  return NOT_STORABLE.test(text);
}
