import { Expression, type EvaluationContext, type Scope } from './expression.js';
import { hasExpression, piecesOf, singleExpression } from './placeholders.js';

/** A JSON value whose strings may hold `{{ expression }}`, compiled. */
export type Template =
  | { kind: 'literal'; value: unknown }
  /** The whole string is one expression and keeps its type. */
  | { kind: 'expression'; expression: Expression }
  /** Text with expressions in it. */
  | { kind: 'text'; parts: readonly (string | Expression)[] }
  | { kind: 'list'; items: readonly Template[] }
  | { kind: 'record'; members: readonly (readonly [string, Template])[] };

/**
 * Compiles a member that is an expression as a whole; braces around all of it are allowed and mean the same.
 * @throws ExpressionError when it does not parse
 */
export function compileBare(text: string): Expression {
  return Expression.compile(bareText(text));
}

/** What a member that is an expression as a whole says, without the braces that are allowed around all of it. */
export function bareText(text: string): string {
  return singleExpression(text) ?? text.trim();
}

/**
 * Compiles a value. Parts without expressions cost nothing when it is resolved.
 * @throws ExpressionError when an expression does not parse
 */
export function compileTemplate(value: unknown): Template {
  if (typeof value === 'string') return compileText(value);
  if (Array.isArray(value)) {
    const items = value.map(compileTemplate);
    return items.every((item) => item.kind === 'literal') ? { kind: 'literal', value } : { kind: 'list', items };
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => [key, compileTemplate(member)] as const);
    const isLiteral = members.every(([, member]) => member.kind === 'literal');
    return isLiteral ? { kind: 'literal', value } : { kind: 'record', members };
  }
  return { kind: 'literal', value };
}

/**
 * Resolves a template over a scope. An expression that matches nothing leaves its member out, is null in a list and
 * the empty text inside a text.
 */
export async function resolveTemplate(template: Template, scope: Scope, context: EvaluationContext): Promise<unknown> {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return template.expression.evaluate(scope, context);
    case 'text':
      return resolveText(template.parts, scope, context);
    case 'list': {
      const items: unknown[] = [];
      for (const item of template.items) items.push((await resolveTemplate(item, scope, context)) ?? null);
      return items;
    }
    case 'record': {
      const members: [string, unknown][] = [];
      for (const [key, member] of template.members) {
        const value = await resolveTemplate(member, scope, context);
        if (value !== undefined) members.push([key, value]);
      }
      return Object.fromEntries(members);
    }
  }
}

/** Every expression of a template. */
export function expressionsIn(template: Template): Expression[] {
  switch (template.kind) {
    case 'literal':
      return [];
    case 'expression':
      return [template.expression];
    case 'text':
      return template.parts.filter((part) => typeof part !== 'string');
    case 'list':
      return template.items.flatMap(expressionsIn);
    case 'record':
      return template.members.flatMap(([, member]) => expressionsIn(member));
  }
}

function compileText(text: string): Template {
  if (!hasExpression(text)) return { kind: 'literal', value: text };
  const single = singleExpression(text);
  if (single !== undefined) return { kind: 'expression', expression: Expression.compile(single) };
  const parts = Array.from(piecesOf(text), (piece) =>
    piece.isExpression ? Expression.compile(piece.text) : piece.text,
  );
  return { kind: 'text', parts };
}

async function resolveText(parts: readonly (string | Expression)[], scope: Scope, context: EvaluationContext) {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : asText(await part.evaluate(scope, context));
  return text;
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
