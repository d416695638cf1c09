import type { FieldError } from '@app/contracts';
import { parseOnly } from '../expressions/bounded-ast.js';
import { bareText } from '../expressions/template.js';

/** What is wrong with a member that is an expression as a whole; nothing when it parses. */
export function expressionMistakes(text: string, field: string): FieldError[] {
  const parsed = parsedOr(bareText(text), field);
  return 'mistake' in parsed ? [parsed.mistake] : [];
}

/** The syntax tree of an expression, or what is wrong with it. */
export function parsedOr(text: string, field: string): { tree: unknown } | { mistake: FieldError } {
  try {
    return { tree: parseOnly(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown mistake';
    return { mistake: { field, message: `is not a valid expression: ${reason}` } };
  }
}
