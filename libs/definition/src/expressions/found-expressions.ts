import { piecesOf, singleExpression } from './placeholders.js';
import { joinPath } from '../validation/check-shape.js';

/** So many members of a value are looked at before who looks may do something else. */
const MEMBERS_A_PIECE = 1_000;

/** An expression in a value, and the JSON path of the text in which it stands. */
export interface FoundExpression {
  path: string;
  text: string;
}

interface Level {
  path: string;
  members: Iterator<readonly [string | number, unknown], undefined>;
}

/**
 * The expressions of a template in the order in which they stand there, and undefined now and then when there are none for
 * a while. It keeps its place itself instead of calling itself: a generator within a hundred is as many times slower.
 */
export function* foundExpressions(value: unknown, path: string): Generator<FoundExpression | undefined, void> {
  if (typeof value === 'string') yield* inText(value, path);
  const open: Level[] = [];
  enter(open, value, path);
  for (let count = 1, level = open.at(-1); level !== undefined; count++, level = open.at(-1)) {
    if (count % MEMBERS_A_PIECE === 0) yield undefined;
    const next = level.members.next();
    if (next.done === true) {
      open.pop();
      continue;
    }
    const [name, member] = next.value;
    const isText = typeof member === 'string';
    if (isText ? !member.includes('{{') : typeof member !== 'object' || member === null) continue;
    const place = typeof name === 'number' ? `${level.path}[${name}]` : joinPath(level.path, name);
    if (isText) yield* inText(member, place);
    else enter(open, member, place);
  }
}

function enter(open: Level[], value: unknown, path: string): void {
  if (Array.isArray(value)) open.push({ path, members: (value as unknown[]).entries() });
  else if (typeof value === 'object' && value !== null) {
    open.push({ path, members: Object.entries(value).values() });
  }
}

function* inText(text: string, path: string): Generator<FoundExpression, void> {
  const single = singleExpression(text);
  if (single !== undefined) yield { path, text: single };
  else for (const piece of piecesOf(text)) if (piece.isExpression) yield { path, text: piece.text };
}
