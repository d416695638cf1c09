/** Of a part of a pattern, how large its automaton is; of a group, all that is in it. */
interface Part {
  size: number;
  /** What a quantifier that follows is about. */
  last: number;
}

/**
 * About how many instructions the automaton of a pattern has: one for each character, class or operator, and what is to be
 * repeated a number of times stands there as often. Known from the text, for building the automaton takes as long as it is
 * large.
 * @param pattern as RE2 reads it
 */
export function patternSize(pattern: string): number {
  const open: Part[] = [];
  let group: Part = { size: 0, last: 0 };
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(pattern); match !== null; match = TOKEN.exec(pattern)) {
    const [token, least, most] = match;
    if (token.startsWith('(')) {
      open.push(group);
      group = { size: 0, last: 0 };
    } else if (token === ')') {
      const inner = group.size + 2;
      group = open.pop() ?? { size: 0, last: 0 };
      add(group, inner);
    } else if (least !== undefined) {
      const times = Math.max(Number(least), Number(most ?? ''), 1);
      group.size += group.last * (times - 1) + times;
      group.last = group.last * times + times;
    } else add(group, 1);
  }
  return open.reduce((sum, { size }) => sum + size, group.size);
}

/** An escape, a class, the beginning of a group, a counted repetition, or any other character. */
const TOKEN =
  /\\(?:[pP]\{[^}]*\}|x\{[^}]*\}|[\s\S])|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\((?:\?[^:)]*:?)?|\{(\d+)(?:,(\d*))?\}|[\s\S]/gu;

function add(group: Part, size: number): void {
  group.size += size;
  group.last = size;
}
