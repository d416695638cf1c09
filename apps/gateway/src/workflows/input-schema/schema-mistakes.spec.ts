import { afterAll, describe, expect, it } from 'vitest';
import { fieldErrorsOf } from './schema-mistakes.js';
import { SchemaThread } from './schema-thread.js';

/** One for all: a thread takes seconds to come up on a busy machine. */
const thread = new SchemaThread();
afterAll(() => thread.terminate());

/** What the thread finds and how it is told. */
async function told(schema: object, input: unknown): Promise<Record<string, string>> {
  const answer = await thread.check(JSON.stringify(schema), JSON.stringify(input));
  if (typeof answer !== 'object' || !('errors' in answer)) throw new Error(JSON.stringify(answer));
  return Object.fromEntries(fieldErrorsOf(answer.errors, 'input').map(({ field, message }) => [field, message]));
}

describe('fieldErrorsOf', () => {
  it('names each mistake by its JSON path', async () => {
    const schema = {
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      properties: {
        name: { type: 'string' },
        size: { enum: ['s', 'm'] },
        kind: { const: 'shirt' },
        list: { items: { type: 'object', properties: { at: { format: 'date-time' }, 'a b': { maximum: 3 } } } },
      },
    };
    const input = { size: 'l', kind: 1, more: 1, list: [{}, { at: 'yesterday', 'a b': 4 }] };
    expect(await told(schema, input)).toEqual({
      'input.name': 'is missing',
      'input.more': 'is not known here: remove it or mend its name',
      'input.size': 'must be one of "s","m"',
      'input.kind': 'must be "shirt"',
      'input.list[1].at': 'must match format "date-time"',
      'input.list[1]["a b"]': 'must be <= 3',
    });
  });

  it('says nothing of an input that is right, and names the whole by its name', async () => {
    expect(await told({ type: 'object' }, {})).toEqual({});
    expect(await told({ type: 'object' }, null)).toEqual({ input: 'must be object' });
    expect(await told({ properties: { 'a/b': { properties: { '~': false } } } }, { 'a/b': { '~': 1 } })).toEqual({
      'input["a/b"]["~"]': 'boolean schema is false',
    });
  });
});
