import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition, webhookDefinition } from '../../../../../test/gateway/definitions.js';
import { TestGateway, type Answer, type TestUser } from '../../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

const named = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } };
const save = (input_schema: unknown): Promise<Answer> =>
  user.call('POST', '/workflows', definition({ config: { input_schema } }));
const saved = async (input_schema: unknown): Promise<string> => (await save(input_schema)).body.id;
const execute = (id: string, input: unknown, headers = {}): Promise<Answer> =>
  user.call('POST', `/workflows/${id}/execute`, { input }, headers);
const runsOf = async (id: string): Promise<number> => (await user.call('GET', `/workflows/${id}/runs`)).body.total;

describe('an input schema is checked when it is saved', () => {
  it.each([
    ['it is none', 5, 'config.input_schema', 'must be a JSON Schema (2020-12): an object, true or false'],
    ['it is a list', [], 'config.input_schema', 'must be a JSON Schema (2020-12): an object, true or false'],
    [
      'a keyword has a wrong value',
      { properties: { a: { minimum: '1' } } },
      'config.input_schema.properties.a.minimum',
      'must be number',
    ],
    ['a keyword is misspelt', { propertees: {} }, 'config.input_schema', /unknown keyword: "propertees"/],
    ['a type does not exist', { type: 'text' }, 'config.input_schema.type', /must be/],
    ['a reference leads nowhere', { $ref: '#/$defs/a' }, 'config.input_schema', /can't resolve reference/],
    ['it is elsewhere', { $ref: 'http://127.0.0.1:9/schema.json' }, 'config.input_schema', /can't resolve reference/],
    ['a pattern is no regular expression', { pattern: '(' }, 'config.input_schema', /Invalid regular expression/],
    ['it is asynchronous', { $async: true }, 'config.input_schema', /JSON Schema/],
    [
      'it is of another draft',
      { $schema: 'http://json-schema.org/draft-07/schema#' },
      'config.input_schema',
      /JSON Schema 2020-12/,
    ],
    ['it is too large', { description: 'x'.repeat(65_536) }, 'config.input_schema', /65536/],
  ])('and refused when %s', async (_, schema, field, message) => {
    const answer = await save(schema);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    const mistakes = answer.body.errors.filter((error: { field: string }) => error.field === field);
    expect(mistakes.map((error: { message: string }) => error.message).join(), JSON.stringify(answer.body)).toMatch(
      message,
    );
    const checked = await user.call('POST', '/workflows/validate', definition({ config: { input_schema: schema } }));
    expect(checked.body).toEqual({ valid: false, errors: answer.body.errors });
  });

  it('with whatever else is wrong, in a change too, and true and false are schemas', async () => {
    const { body } = await user.call(
      'POST',
      '/workflows',
      definition({ name: '', config: { input_schema: { type: 'x' } } }),
    );
    const fields = body.errors.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(expect.arrayContaining(['name', 'config.input_schema.type']));
    const id = await saved(true);
    const patch = { config: { input_schema: { type: 'x' } } };
    expect((await user.call('PATCH', `/workflows/${id}`, patch)).status).toBe(400);
    expect((await user.call('PUT', `/workflows/${id}`, definition(patch))).status).toBe(400);
    expect((await execute(id, 1)).status).toBe(202);
    expect((await execute(await saved(false), 1)).status).toBe(400);
  });
});

describe('the input of a manual run', () => {
  it('is refused with the JSON path of each mistake before anything is accepted', async () => {
    const id = await saved(named);
    for (const input of [{}, undefined, { name: 1 }]) {
      expect(await execute(id, input)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    }
    const errors = [{ field: 'input.name', message: 'must be string' }];
    expect((await execute(id, { name: 1 })).body.errors).toEqual(errors);
    expect(await runsOf(id)).toBe(0);
    expect((await execute(id, { name: 'Ada' })).status).toBe(202);
    expect(await runsOf(id)).toBe(1);
  });

  it('follows the version that is accepted, on every gateway, however the workflow is changed', async () => {
    const other = await gateway.replica();
    const id = await saved(named);
    const elsewhere = (input: unknown) =>
      other.request({
        method: 'POST',
        url: `/api/v1/workflows/${id}/execute`,
        headers: { authorization: user.authorization },
        payload: { input },
      });
    expect((await elsewhere({ name: 'Ada' })).status).toBe(202);
    await user.call('PATCH', `/workflows/${id}`, { config: { input_schema: { type: 'number' } } });
    expect((await elsewhere({ name: 'Ada' })).status).toBe(400);
    expect((await elsewhere(5)).status).toBe(202);
    await user.call('PATCH', `/workflows/${id}`, { config: {} });
    expect((await elsewhere('anything')).status).toBe(202);
    await user.call('POST', `/workflows/${id}/versions/1/restore`);
    expect((await elsewhere('anything')).status).toBe(400);
    await other.stop();
  });

  it('is not compared for somebody else: to them there is no workflow', async () => {
    const id = await saved(named);
    await execute(id, {});
    const stranger = await gateway.signUp();
    expect((await stranger.call('POST', `/workflows/${id}/execute`, { input: {} })).status).toBe(404);
  });

  it('is remembered with its Idempotency-Key, right or wrong', async () => {
    const id = await saved(named);
    const keys = [{ 'idempotency-key': randomUUID() }, { 'idempotency-key': randomUUID() }];
    const wrong = await execute(id, {}, keys[0]);
    expect(await execute(id, {}, keys[0])).toMatchObject({ status: 400, body: { errors: wrong.body.errors } });
    const right = await execute(id, { name: 'Ada' }, keys[1]);
    expect(await execute(id, { name: 'Ada' }, keys[1])).toMatchObject({ status: 202, body: right.body });
    expect(await runsOf(id)).toBe(1);
  });

  it('is what a webhook makes of it when a webhook starts the run', async () => {
    const { body } = await user.call('POST', '/workflows', webhookDefinition());
    await user.call('PATCH', `/workflows/${body.id}`, { config: { input_schema: false } });
    await user.call('POST', `/workflows/${body.id}/activate`);
    const delivery = await gateway.request({ method: 'POST', url: new URL(body.hook_url).pathname, payload: {} });
    expect(delivery.status).toBe(202);
  });
});

describe('a schema that would take for ever', () => {
  const doubling = (depth: number) =>
    Object.fromEntries(
      Array.from({ length: depth }, (_, i) => [
        `d${i}`,
        i === depth - 1
          ? { type: 'number' }
          : { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
      ]),
    );

  it.each([
    ['a regular expression that backtracks', { pattern: '^(a+)+$' }, `${'a'.repeat(60)}!`],
    ['references that double', { $defs: doubling(60), $ref: '#/$defs/d0' }, 1],
    ['comparisons of all with all', { uniqueItems: true }, Array.from({ length: 60_000 }, (_, i) => ({ i }))],
  ])('is ended and leaves the gateway answering: %s', async (_, schema, input) => {
    const id = await saved(schema);
    const slow = execute(id, input);
    expect((await user.call('GET', '/auth/me')).status).toBe(200);
    const message = expect.stringContaining('takes too long');
    expect(await slow).toMatchObject({ status: 400, body: { errors: [{ field: 'input', message }] } });
    expect((await execute(id, input)).status).toBe(400);
    const other = await saved(named);
    expect((await execute(other, { name: 'Ada' })).status).toBe(202);
  });
});
