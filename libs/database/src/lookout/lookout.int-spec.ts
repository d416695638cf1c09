import { eventually, testDatabase, type TestDatabase } from '@app/testing';
import { Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Lookout, type Watch } from './lookout.js';

const EVERY_MS = 20;
let database: TestDatabase;
let pool: Pool;
let lookout: Lookout;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 1 });
  await pool.query('CREATE TABLE things (id int)');
});
afterEach(async () => {
  await lookout.stop();
  vi.restoreAllMocks();
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

function watched<Answer>(...watches: Omit<Watch<Answer>, 'seen'>[]): Record<string, (Answer | null)[]> {
  const log = new Logger('test');
  vi.spyOn(log, 'error').mockReturnValue();
  vi.spyOn(log, 'log').mockReturnValue();
  lookout = new Lookout({ pool, log });
  const answers: Record<string, (Answer | null)[]> = {};
  for (const watch of watches) {
    const list = (answers[watch.name] = [] as (Answer | null)[]);
    lookout.watch<Answer>({ ...watch, seen: (answer) => list.push(answer) });
  }
  lookout.start();
  return answers;
}

const hasThings = { name: 'things', sql: '(SELECT count(*) > 0 FROM things WHERE id = $1::int)', everyMs: EVERY_MS };

it('answers each watch with what there is, by one statement', async () => {
  const query = vi.spyOn(pool, 'query');
  let wanted = 1;
  const answers = watched<unknown>(
    { ...hasThings, value: () => wanted },
    { name: 'sum', sql: '(SELECT sum(id)::int FROM things)', everyMs: EVERY_MS },
    { name: 'echo', sql: 'SELECT $1::text', value: () => 'a', everyMs: EVERY_MS },
  );
  await eventually(async () => answers['things']!.length > 1);
  await lookout.stop();
  const looks = query.mock.calls.length;
  const always = (answer: unknown): unknown[] => Array.from({ length: looks }, () => answer);
  expect(answers).toEqual({ things: always(false), sum: always(null), echo: always('a') });
  lookout.start();
  await pool.query('INSERT INTO things VALUES (2)');
  wanted = 2;
  await eventually(async () => answers['things']!.at(-1) === true && answers['sum']!.at(-1) === 2);
  await pool.query('TRUNCATE things');
});

it('asks what is wanted less often only when its time has come', async () => {
  const answers = watched(
    { ...hasThings, value: () => 1 },
    { ...hasThings, name: 'seldom', value: () => 1, everyMs: 3_600_000 },
  );
  await eventually(async () => answers['things']!.length > 3);
  expect(answers['seldom']).toEqual([false]);
});

it('keeps nobody from an answer because the question of another one fails', async () => {
  const answers = watched(
    { ...hasThings, value: () => 1 },
    { name: 'culprit', sql: '(SELECT true FROM missing LIMIT 1)', everyMs: EVERY_MS },
  );
  await eventually(async () => answers['things']!.length > 2);
  expect(answers['culprit']).toEqual([]);
});

it('goes on when its connection was lost', async () => {
  const answers = watched({ ...hasThings, value: () => 1 });
  await eventually(async () => answers['things']!.length > 0);
  pool.on('error', () => undefined);
  const other = new Pool({ connectionString: database.url, max: 1 });
  await other.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await other.end();
  const before = answers['things']!.length;
  await eventually(async () => answers['things']!.length > before + 1);
});
