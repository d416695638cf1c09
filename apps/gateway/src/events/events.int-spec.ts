import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition } from '../../../../test/gateway/definitions.js';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

let count = 0;
const event = (changes: object = {}): object => {
  count += 1;
  return { specversion: '1.0', id: `event ${count}`, source: '/tests', type: 'org.example.made', ...changes };
};

function send(events: object, headers: Record<string, string> = {}, sender = user): Promise<Answer> {
  const type = Array.isArray(events) ? 'application/cloudevents-batch+json' : 'application/cloudevents+json';
  return gateway.request({
    method: 'POST',
    url: '/api/v1/events',
    headers: { authorization: sender.authorization, 'content-type': type, ...headers },
    payload: JSON.stringify(events),
  });
}

async function rowsOf(table: 'events' | 'pending_events', owner = user): Promise<number> {
  const { rows } = await gateway.pool.query(`SELECT count(*)::int AS n FROM ${table} WHERE user_id = $1`, [owner.id]);
  return rows[0].n;
}

describe('POST /events', () => {
  it('answers 202 once the event is committed with its hot row', async () => {
    const sender = await gateway.signUp();
    const made = event({ data: { n: 1 } });
    expect(await send(made, {}, sender)).toMatchObject({ status: 202, body: { accepted: 1, duplicates: 0 } });
    const { rows } = await gateway.pool.query(
      'SELECT e.event, e.depth, e.type, e.source FROM events e JOIN pending_events p USING (id) WHERE e.user_id = $1',
      [sender.id],
    );
    expect(rows).toEqual([{ event: made, depth: 0, type: 'org.example.made', source: '/tests' }]);
  });

  it('takes an event in its headers', async () => {
    const answer = await gateway.request({
      method: 'POST',
      url: '/api/v1/events',
      headers: {
        authorization: user.authorization,
        'content-type': 'application/json',
        'ce-specversion': '1.0',
        'ce-id': 'binary',
        'ce-source': '/tests',
        'ce-type': 'org.example.made',
      },
      payload: '{"n":1}',
    });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } });
    const { rows } = await gateway.pool.query(`SELECT event FROM events WHERE event_id = 'binary'`);
    expect(rows[0].event).toMatchObject({ datacontenttype: 'application/json', data: { n: 1 } });
  });

  it('takes the same event of one owner once in 24 hours, in one batch, later, and at the same time', async () => {
    const [one, other] = [await gateway.signUp(), await gateway.signUp()];
    const [first, second] = [event(), event()];
    expect((await send([first, first, second], {}, one)).body).toEqual({ accepted: 2, duplicates: 1 });
    expect((await send(first, {}, one)).body).toEqual({ accepted: 0, duplicates: 1 });
    expect((await send({ ...first, source: '/elsewhere' }, {}, one)).body).toEqual({ accepted: 1, duplicates: 0 });
    expect((await send(first, {}, other)).body).toEqual({ accepted: 1, duplicates: 0 });
    const racing = event();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(racing, {}, one)));
    expect(answers.map(({ body }) => body.accepted).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect([await rowsOf('events', one), await rowsOf('pending_events', one)]).toEqual([4, 4]);
    await gateway.pool.query(`UPDATE seen_events SET seen_at = now() - interval '25 hours' WHERE user_id = $1`, [
      one.id,
    ]);
    expect((await send(first, {}, one)).body).toEqual({ accepted: 1, duplicates: 0 });
  });

  it('takes all of a batch or nothing when one of them is bad', async () => {
    const before = await rowsOf('events');
    const answer = await send([event(), event({ type: '' })]);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED', errors: [{ field: '[1].type' }] } });
    expect(await rowsOf('events')).toBe(before);
  });

  it('refuses what is no event, too large, or not from somebody', async () => {
    expect((await send(event(), { 'content-type': 'application/json' })).status).toBe(415);
    expect((await send(event({ data: 'x'.repeat(1_048_576) }))).status).toBe(413);
    expect((await gateway.request({ method: 'POST', url: '/api/v1/events', payload: {} })).status).toBe(401);
  });
});

describe('a workflow that events start', () => {
  const withTrigger = (trigger?: object) =>
    definition({ trigger_type: 'event', ...(trigger !== undefined && { config: { trigger } }) });

  it('can be activated', async () => {
    const { body } = await user.call(
      'POST',
      '/workflows',
      withTrigger({ type: 'org.example.*', filter: 'event.data.n > 1' }),
    );
    expect((await user.call('POST', `/workflows/${body.id}/activate`)).status).toBe(200);
  });

  it.each([
    [undefined, 'config.trigger'],
    [{}, 'config.trigger.type'],
    [{ type: 'a*b' }, 'config.trigger.type'],
    [{ type: 'a', source: '**' }, 'config.trigger.source'],
    [{ type: 'a', filter: '(' }, 'config.trigger.filter'],
    [{ type: 'a', other: 1 }, 'config.trigger.other'],
  ])('says what is wrong with %j', async (trigger, field) => {
    const { status, body } = await user.call('POST', '/workflows', withTrigger(trigger));
    expect(status).toBe(400);
    expect(body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });
});
