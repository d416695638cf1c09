import { parse } from 'acorn';
import { ScriptError } from './script.error.js';
import { readsOf, type ScriptReads } from './script-reads.js';

/** What a script sees, in the order of its parameters. */
export const scriptNames = ['input', 'steps', 'run', 'item', 'index'] as const;
export type ScriptName = (typeof scriptNames)[number];

/** A script that parses, and what it may read. */
export interface Script {
  code: string;
  reads: ScriptReads;
}

const HEAD = `(function (${scriptNames.join(', ')}) { "use strict"; `;
const TAIL = '\n})';

/**
 * A script as one expression whose value is its function. The code begins in the first line, so that the lines of the
 * whole are those of the code.
 */
export function scriptFunction(code: string): string {
  return `${HEAD}${code}${TAIL}`;
}

/**
 * Parses the body of a function in strict mode (ECMAScript 2023).
 * @throws ScriptError with line and column when it does not parse, or is more than the body of one function
 */
export function compileScript(code: string): Script {
  const text = scriptFunction(code);
  const [statement, ...more] = parsed(text, code).body;
  const body = statement?.type === 'ExpressionStatement' ? statement.expression : undefined;
  const isBody = more.length === 0 && body?.type === 'FunctionExpression' && body.end === text.length - 1;
  if (!isBody) throw new ScriptError('closes more braces than it opens: write the body of one function');
  return { code, reads: readsOf(body.body) };
}

function parsed(text: string, code: string): ReturnType<typeof parse> {
  try {
    return parse(text, { ecmaVersion: 2023 });
  } catch (error) {
    throw new ScriptError(reasonOf(error, code));
  }
}

function reasonOf(error: unknown, code: string): string {
  if (!(error instanceof SyntaxError)) return 'is nested too deep: split it';
  const { pos, loc } = error as SyntaxError & { pos: number; loc: { line: number; column: number } };
  if (pos >= HEAD.length + code.length) return 'ends too early: close each bracket, brace and quote';
  const column = loc.column + 1 - (loc.line === 1 ? HEAD.length : 0);
  // The parser says the place as well, in the lines and columns of the whole.
  return `${error.message.replace(/ \(\d+:\d+\)$/, '')} in line ${loc.line}, column ${column}`;
}
