import type { EvaluationContext, Scope } from './expression.js';
import { LazyExpression } from './lazy-expression.js';
import { hasExpression, piecesOf, singleExpression } from './placeholders.js';

/** A JSON value whose strings may hold `{{ expression }}`, taken apart. */
export type Template =
  | { kind: 'literal'; value: unknown }
  /** The whole string is one expression and keeps its type. */
  | { kind: 'expression'; expression: LazyExpression }
  /** Text with expressions in it. */
  | { kind: 'text'; parts: readonly (string | LazyExpression)[] }
  | { kind: 'list'; items: readonly Template[] }
  | { kind: 'record'; members: readonly (readonly [string, Template])[] };

/** The expressions of one definition, each once, however often it stands there: an evaluation leaves nothing in it. */
export class LazyExpressions {
  private readonly known = new Map<string, LazyExpression>();

  of(text: string): LazyExpression {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const expression = new LazyExpression(text);
    this.known.set(text, expression);
    return expression;
  }

  /** Of a member that is an expression as a whole; braces around all of it are allowed and mean the same. */
  bare(text: string): LazyExpression {
    return this.of(bareText(text));
  }
}

/** What a member that is an expression as a whole says, without the braces that are allowed around all of it. */
export function bareText(text: string): string {
  return singleExpression(text) ?? text.trim();
}

/** Takes a value apart. Parts without expressions cost nothing when it is resolved; no expression is compiled before it is. */
export function compileTemplate(value: unknown, expressions = new LazyExpressions()): Template {
  const isLiteral = value === undefined || !hasExpression(JSON.stringify(value));
  return isLiteral ? { kind: 'literal', value } : partOf(value, expressions);
}

function partOf(value: unknown, expressions: LazyExpressions): Template {
  if (typeof value === 'string') return compileText(value, expressions);
  if (Array.isArray(value)) {
    const items = value.map((item) => partOf(item, expressions));
    return items.every((item) => item.kind === 'literal') ? { kind: 'literal', value } : { kind: 'list', items };
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => [key, partOf(member, expressions)] as const);
    const isLiteral = members.every(([, member]) => member.kind === 'literal');
    return isLiteral ? { kind: 'literal', value } : { kind: 'record', members };
  }
  return { kind: 'literal', value };
}

/**
 * Resolves a template over a scope: at once when all its expressions are known at once, as most are. An expression that
 * matches nothing leaves its member out, is null in a list and the empty text inside a text.
 * @returns the value, which is plain JSON data, or a promise of it
 */
export function resolveTemplate(template: Template, scope: Scope, context: EvaluationContext): unknown {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return template.expression.use(scope, context, itself);
    case 'text':
      return inTurn(template.parts, (part) => valueOf(part, scope, context), textOf);
    case 'list':
      return inTurn(template.items, (item) => resolveTemplate(item, scope, context), listOf);
    case 'record': {
      const { members } = template;
      const resolve = ([, member]: (typeof members)[number]): unknown => resolveTemplate(member, scope, context);
      return inTurn(members, resolve, (values) => recordOf(members, values));
    }
  }
}

/** Resolves parts one after the other, and makes something of their values; without a promise when none of them is one. */
function inTurn<Part>(
  parts: readonly Part[],
  resolve: (part: Part) => unknown,
  make: (values: readonly unknown[]) => unknown,
): unknown {
  const values: unknown[] = [];
  for (const part of parts) {
    const value = resolve(part);
    if (value instanceof Promise) return goOn(value);
    values.push(value);
  }
  return make(values);

  async function goOn(first: Promise<unknown>): Promise<unknown> {
    values.push(await first);
    for (const part of parts.slice(values.length)) values.push(await resolve(part));
    return make(values);
  }
}

function compileText(text: string, expressions: LazyExpressions): Template {
  if (!hasExpression(text)) return { kind: 'literal', value: text };
  const single = singleExpression(text);
  if (single !== undefined) return { kind: 'expression', expression: expressions.of(single) };
  const parts = Array.from(piecesOf(text), (piece) => (piece.isExpression ? expressions.of(piece.text) : piece.text));
  return { kind: 'text', parts };
}

function itself(value: unknown): unknown {
  return value;
}

function valueOf(part: string | LazyExpression, scope: Scope, context: EvaluationContext): unknown {
  return typeof part === 'string' ? part : part.use(scope, context, itself);
}

function textOf(values: readonly unknown[]): string {
  return values.map(asText).join('');
}

function listOf(values: readonly unknown[]): unknown[] {
  return values.map((value) => value ?? null);
}

function recordOf(members: readonly (readonly [string, Template])[], values: readonly unknown[]): object {
  const present: [string, unknown][] = [];
  members.forEach(([key], place) => {
    const value = values[place];
    if (value !== undefined) present.push([key, value]);
  });
  return Object.fromEntries(present);
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
