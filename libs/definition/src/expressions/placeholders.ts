const [OPEN, CLOSE] = ['{{', '}}'];

/** A part of a text: an expression that stood in braces, or what stands there as it is. */
export interface Piece {
  text: string;
  isExpression: boolean;
}

/** Whether a string holds an expression. */
export function hasExpression(text: string): boolean {
  return text.includes(OPEN);
}

/** The expression, where the whole text is one in braces; undefined otherwise. */
export function singleExpression(text: string): string | undefined {
  const whole = text.trim();
  const end = whole.length - CLOSE.length;
  if (!whole.startsWith(OPEN) || end < OPEN.length || whole.indexOf(CLOSE, OPEN.length) !== end) return undefined;
  return whole.slice(OPEN.length, end).trim();
}

/** A text in its pieces, in one pass whatever it holds: braces that nothing closes are text. */
export function* piecesOf(text: string): Generator<Piece, void> {
  let from = 0;
  for (;;) {
    const open = text.indexOf(OPEN, from);
    const close = open === -1 ? -1 : text.indexOf(CLOSE, open + OPEN.length);
    if (close === -1) break;
    if (open > from) yield { text: text.slice(from, open), isExpression: false };
    yield { text: text.slice(open + OPEN.length, close).trim(), isExpression: true };
    from = close + CLOSE.length;
  }
  if (from < text.length) yield { text: text.slice(from), isExpression: false };
}
