/** Words of an event that are wanted: as they are, or all that begin like this where a `*` stands at the end. */
export const PATTERN = /^[^*]*\*?$/;
export const PATTERN_ADVICE = { message: 'may hold one *, at its end: it stands for whatever follows' };

/** Whether a word of an event is one that a pattern wants; no pattern wants all. */
export function matchesPattern(pattern: string | undefined, word: string): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith('*') ? word.startsWith(pattern.slice(0, -1)) : word === pattern;
}
