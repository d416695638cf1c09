import type { FieldError } from '@app/contracts';
import { parseOnly } from '../expressions/bounded-ast.js';
import { bareText } from '../expressions/template.js';
import { referencesIn, type References } from './step-references.js';

/** Different expressions of one definition: to parse one takes 0.1 ms at least, when it is saved and where it runs. */
const MOST_EXPRESSIONS = 10_000;

/** What an expression reads, or why it is none. */
export type CheckedExpression = References | { mistake: string };

/** The expressions of one definition. Each is parsed once, however often it stands there. */
export class CheckedExpressions {
  private readonly known = new Map<string, CheckedExpression>();

  check(text: string): CheckedExpression {
    const before = this.known.get(text);
    if (before !== undefined) return before;
    if (this.known.size >= MOST_EXPRESSIONS) return tooMany;
    const checked = checkedExpression(text);
    this.known.set(text, checked);
    return checked;
  }
}

const tooMany: CheckedExpression = {
  mistake: `takes the workflow past ${MOST_EXPRESSIONS} different expressions: use sub-workflows, or compute a value once in a transform step`,
};

/** What is wrong with a member that is an expression as a whole; nothing when it parses. */
export function expressionMistakes(text: string, field: string): FieldError[] {
  const checked = checkedExpression(bareText(text));
  return 'mistake' in checked ? [{ field, message: checked.mistake }] : [];
}

function checkedExpression(text: string): CheckedExpression {
  try {
    return referencesIn(parseOnly(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown mistake';
    return { mistake: `is not a valid expression: ${reason}` };
  }
}
