import { newId } from '@app/contracts';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AllRunsQuery } from '../http/run-list.dto.js';
import { runPage, runTotal } from './run-list.sql.js';

let database: TestDatabase;
let pool: Pool;
const [userId, otherId, workflowId] = [newId(), newId(), newId()];

// Runs of two people. Of the fiftieth part that is the one's, every tenth has tags and every other tenth a correlation id.
beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 1 });
  await pool.query(
    `INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, status, trigger, correlation_id, tags)
     SELECT uuidv7(make_interval(secs => -i / 1000.0)), 30, $3, 1, CASE i % 50 WHEN 0 THEN $1::uuid ELSE $2::uuid END,
            CASE i % 250 WHEN 0 THEN 'failed' ELSE 'completed' END, '{"type":"manual"}',
            CASE i % 500 WHEN 50 THEN 'order-' || i END, CASE i % 500 WHEN 0 THEN ARRAY['t' || i % 7, 'all'] ELSE '{}' END
     FROM generate_series(1, 30000) AS i`,
    [userId, otherId, workflowId],
  );
  await pool.query('VACUUM ANALYZE workflow_runs');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** What reads the partitions that hold something: of an empty one, reading it whole is reading nothing. */
async function readersOf(statement: { text: string; values: unknown[] }): Promise<string[]> {
  const { rows: full } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relname LIKE 'workflow_runs_%' AND relkind = 'r' AND reltuples > 0`,
  );
  const names = full.map(({ name }) => name);
  const { rows } = await pool.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
    `EXPLAIN (FORMAT JSON) ${statement.text}`,
    statement.values,
  );
  const [explained] = rows[0]?.['QUERY PLAN'] ?? [];
  if (explained === undefined) throw new Error('PostgreSQL explains nothing.');
  const nodes = nodesOf(explained.Plan);
  const readers = nodes.filter((node) => names.includes(node['Relation Name'] ?? ''));
  return readers.map((node) => node['Node Type']).concat(nodes.flatMap((node) => node['Index Name'] ?? []));
}

const query = (filters: Partial<AllRunsQuery>): AllRunsQuery => Object.assign(new AllRunsQuery(), filters);

describe.each([
  ['nothing', {}, 'user_id'],
  ['a workflow', { workflow_id: workflowId }, ''],
  ['a status', { status: 'failed' }, ''],
  ['what started it', { trigger: 'manual' }, ''],
  ['a time', { since: '2020-01-01T00:00:00Z', until: '2120-01-01T00:00:00Z' }, ''],
  ['a tag', { tag: 't3' }, 'tags'],
  ['a correlation id', { correlation_id: 'order-7050' }, 'correlation_id'],
] as const)('runs filtered by %s', (_, filters, index) => {
  it('are found by an index, page and total', async () => {
    const asked = query(filters);
    for (const statement of [runPage(userId, asked, undefined), runTotal(userId, asked)]) {
      const readers = await readersOf(statement);
      expect(readers.join()).toMatch(/Index|Bitmap/);
      expect(readers).not.toContain('Seq Scan');
      expect(readers.join()).toContain(index);
    }
  });
});

it('a filter leaves what it should', async () => {
  const found = async (filters: Partial<AllRunsQuery>): Promise<number> =>
    (await pool.query<{ total: number }>(runTotal(userId, query(filters)))).rows[0]?.total ?? -1;
  expect(await found({ tag: 'all' })).toBe(60);
  expect(await found({ tag: 'none' })).toBe(0);
  expect(await found({ correlation_id: 'order-50' })).toBe(1);
  expect(await found({ status: 'failed' })).toBe(120);
  expect(await found({ workflow_id: newId() })).toBe(0);
});
