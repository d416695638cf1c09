import type { Expression } from './expression.js';

/**
 * Every name and every text in an expression. What it reads is among them, unless it makes names up as it goes.
 */
export function namesIn(expression: Expression): ReadonlySet<string> {
  const names = new Set<string>();
  const parts: unknown[] = [expression.syntaxTree];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (typeof part !== 'object' || part === null) continue;
    for (const [member, value] of Object.entries(part)) {
      if (member === 'value' && typeof value === 'string') names.add(value);
      else if (value !== undefined) parts.push(value);
    }
  }
  return names;
}
