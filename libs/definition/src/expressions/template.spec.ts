import { describe, expect, it } from 'vitest';
import { compileTemplate, LazyExpressions, resolveTemplate } from './template.js';

const context = { nowMs: 0, seed: '' };
const resolve = async (value: unknown, scope = {}): Promise<unknown> =>
  resolveTemplate(compileTemplate(value), scope, context);

describe('a template', () => {
  it('is resolved at once when its expressions are, and otherwise one part after the other', async () => {
    const value = { a: '{{ input.n }}', b: ['{{ input.n + 1 }}', 'n={{ input.n }}'], none: '{{ input.none }}' };
    const known = { a: 3, b: [4, 'n=3'] };
    // Expressions have what is left of this turn together, and others have theirs.
    await new Promise((resolved) => void setImmediate(resolved));
    expect(resolveTemplate(compileTemplate(value), { input: { n: 3 } }, context)).toEqual(known);
    const asked = { ...value, c: '{{ $sum([1, 2]) }}', d: ['{{ input.n }}', '{{ $sum([2, 3]) }}'] };
    const later = resolveTemplate(compileTemplate(asked), { input: { n: 3 } }, context);
    expect(later).toBeInstanceOf(Promise);
    expect(JSON.stringify(await later)).toBe(JSON.stringify({ ...known, c: 3, d: [3, 5] }));
  });

  it('keeps the type of a string that is one expression', async () => {
    expect(await resolve('{{ input.n }}', { input: { n: 3 } })).toBe(3);
    expect(await resolve({ a: ['{{ input }}'] }, { input: { x: 1 } })).toEqual({ a: [{ x: 1 }] });
  });

  it('writes values into text, data as JSON and nothing as nothing', async () => {
    expect(await resolve('n={{ input.n }}, o={{ input.o }}, {{ input.gone }}!', { input: { n: 1, o: { x: 2 } } })).toBe(
      'n=1, o={"x":2}, !',
    );
    expect(await resolve('{{ "a" }}{{ "b" }}')).toBe('ab');
  });

  it('leaves out a member that matches nothing, and keeps places in a list', async () => {
    expect(await resolve({ a: '{{ input.gone }}', b: 1 })).toEqual({ b: 1 });
    expect(await resolve(['{{ input.gone }}', 1])).toEqual([null, 1]);
  });

  it('costs nothing where there is no expression', () => {
    const value = { a: [1, 'x', { b: null }] };
    expect(compileTemplate(value)).toEqual({ kind: 'literal', value });
  });
});

describe('a bare expression', () => {
  it.each(['input.x > 1', '{{ input.x > 1 }}', ' {{input.x > 1}} '])('%s', async (text) => {
    expect(await new LazyExpressions().bare(text).evaluate({ input: { x: 2 } }, context)).toBe(true);
  });
});
