import { turnsDuring } from '@app/testing';
import { describe, expect, it } from 'vitest';
import { largeDefinitions } from '../../../test/definition/large-definitions.js';
import { compileDefinition, compileInTurns, type CompiledDefinition } from './compile-definition.js';
import type { StepDefinition } from './definition.js';
import { resolveTemplate } from './expressions/template.js';

const context = { nowMs: 0, seed: '' };

/** A thousand steps with ten expressions each, all of them different. */
const { steps } = largeDefinitions()['many different expressions'] as { steps: StepDefinition[] };

function request(body: unknown, more: object = {}): StepDefinition {
  return { id: 'a', type: 'http.request', config: { method: 'POST', url: 'https://example.com/', body }, ...more };
}

describe('A definition of ten thousand expressions', { timeout: 60_000 }, () => {
  it('is compiled while everything else of the process has its turn', async () => {
    let compiled: CompiledDefinition | undefined;
    const { turns } = await turnsDuring(async () => {
      // Nine more that begin in the same turn: they go on one in a turn.
      const all = Array.from({ length: 10 }, () => compileInTurns(steps));
      [compiled] = await Promise.all(all);
    });
    expect(compiled?.steps).toHaveLength(1_000);
    expect(turns).toBeGreaterThan(10);
  });

  it('has its expressions compiled when they are needed, in turns as well', async () => {
    const templates = compileDefinition(steps.slice(0, 300)).steps.map(({ config }) => config);
    const { result, turns } = await turnsDuring(async () => {
      const resolved: unknown[] = [];
      for (const template of templates) resolved.push(await resolveTemplate(template, { input: { a7: 5 } }, context));
      return resolved;
    });
    expect(result[7]).toMatchObject({ body: { read: [5, 6, 7, 8, 9, 10, 11, 12, 13, 14] } });
    // How many is a matter of how fast the machine is; without turns there is none.
    expect(turns).toBeGreaterThan(3);
  });
});

it('No expression is parsed before it is needed, and one that does not parse fails then', async () => {
  const [step] = compileDefinition([request('{{ ( }}')]).steps;
  // At once, or after the turn that it waited for.
  const resolve = async (): Promise<unknown> => resolveTemplate(step!.config, {}, context);
  await expect(resolve()).rejects.toThrow('Expected ")"');
});

it('An expression that stands there often is one', () => {
  const [step] = compileDefinition([
    request(['{{ input.a }}', '{{input.a}} and {{ input.a }}'], { if: 'input.a' }),
  ]).steps;
  const body = step!.config.kind === 'record' ? new Map(step!.config.members).get('body') : undefined;
  const [whole, text] = body?.kind === 'list' ? body.items : [];
  expect(whole?.kind === 'expression' && whole.expression).toBe(step!.condition);
  expect(text).toMatchObject({ parts: [step!.condition, ' and ', step!.condition] });
});

describe('The secrets of a step', () => {
  it.each([
    ['{{ secrets.a }} and {{ $uppercase(secrets.b) & secrets.a }}', ['a', 'b']],
    [{ deep: [{ text: '{{ secrets.c }}' }] }, ['c']],
    ['{{ `secrets`.d }}', ['d']],
    ['{{ $."\\u0073ecrets".e }}', ['e']],
    ['{{ input.secrets.f }} {{ "secrets.g" }} secrets.h', []],
  ])('of %j are %j', async (body, names) => {
    const [step] = compileDefinition([request(body)]).steps;
    expect(await step!.secrets()).toEqual(names);
  });

  it('are those of its probe too, and of no type that may not read them', async () => {
    const probe = { request: { method: 'GET', url: '{{ secrets.p }}' }, expression: 'true' };
    const [withProbe] = compileDefinition([request('{{ secrets.a }}', { probe })]).steps;
    expect(await withProbe!.secrets()).toEqual(['a', 'p']);
    const [mail] = compileDefinition([{ id: 'm', type: 'email.send', config: { text: '{{ secrets.a }}' } }]).steps;
    expect(await mail!.secrets()).toEqual([]);
  });
});
