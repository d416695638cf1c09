import { eventually, sized, testDatabase, testRedis, type TestDatabase } from '@app/testing';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiUser } from '../support/api-user.js';
import { note } from '../support/figures.js';
import { Platform } from '../support/platform.js';

const COUNT = sized({ ci: 20, full: 500 });
const PATIENCE_MS = 60_000;

let database: TestDatabase;
let platform: Platform;
let user: ApiUser;
let gatewayUrl: string;
/** The `webhook-id` of each request, with the id of its event. */
const received: { id: string; event: string }[] = [];
/** Whether the receiver answers; otherwise it keeps its senders waiting. */
let answers = false;
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    received.push({ id: String(request.headers['webhook-id']), event: (JSON.parse(body) as { id: string }).id });
    if (answers) response.writeHead(204).end();
  });
});

beforeAll(async () => {
  database = await testDatabase();
  platform = new Platform({ databaseUrl: database.url, redisUrl: (await testRedis()).url });
  const [gateway] = await Promise.all([platform.spawn('gateway'), platform.spawn('workflow')]);
  gatewayUrl = gateway.url;
  user = await platform.signUp();
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await platform.stop();
  await database.drop();
});

async function sendEvents(): Promise<void> {
  const events = Array.from({ length: COUNT }, (_, i) => ({
    specversion: '1.0',
    id: `e${i}`,
    source: '/shop',
    type: 'org.example.paid',
  }));
  const { status } = await fetch(`${gatewayUrl}/api/v1/events`, {
    method: 'POST',
    headers: { ...user.headers, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
  expect(status).toBe(202);
}

async function deliveries(): Promise<{ id: string; event: string; status: string }[]> {
  const { rows } = await platform.runs.pool.query<{ id: string; event: string; status: string }>(
    `SELECT d.id, e.event_id AS event, d.status FROM event_deliveries d JOIN events e ON e.id = d.event_id`,
  );
  return rows;
}

it('a worker that is killed in the middle of deliveries loses none: they are sent again under their ids', async (test) => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;
  await user.must(201, 'POST', '/event-subscriptions', { types: ['org.example.*'], url });
  const victim = await platform.spawn('worker');
  await sendEvents();
  await eventually(() => received.length > 0, { timeoutMs: PATIENCE_MS });
  await victim.kill();
  const cutOff = received.map(({ id }) => id);
  answers = true;
  await platform.spawn('worker');
  const all = await eventually(
    async () => {
      const rows = await deliveries();
      return rows.length === COUNT && rows.every(({ status }) => status === 'delivered') && rows;
    },
    { timeoutMs: PATIENCE_MS },
  );
  note(test, { events: COUNT, 'cut off': cutOff.length, requests: received.length });
  const pairs = (rows: readonly { id: string; event: string }[]): Set<string> =>
    new Set(rows.map(({ id, event }) => `${id} ${event}`));
  expect(pairs(received)).toEqual(pairs(all));
  // Nobody knew whether these had arrived.
  for (const id of cutOff) expect(received.filter((each) => each.id === id).length).toBeGreaterThan(1);
  expect(received.length).toBe(COUNT + cutOff.length);
});
