import { ContentListQuery, newId } from '@app/contracts';
import { eventually, testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentPage, contentTotal, type ContentKey, type Statement } from './content-list.sql.js';

/** Of these rows every fiftieth is the one owner's, and of those every tenth is deleted. BIOMETRICS_CONTENT_ROWS for more. */
const ROWS = Number(process.env['BIOMETRICS_CONTENT_ROWS'] ?? 50_000);

let database: TestDatabase;
let pool: Pool;
const [userId, otherId] = [newId(), newId()];

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 1 });
  await pool.query(
    `INSERT INTO users (id, email, name) SELECT u, u || '@example.com', 'A' FROM unnest($1::uuid[]) AS u`,
    [[userId, otherId]],
  );
  await pool.query(
    `INSERT INTO content (id, user_id, type, title, body, status, created_at, deleted_at)
     SELECT uuidv7(make_interval(secs => -i)), CASE i % 50 WHEN 0 THEN $1::uuid ELSE $2::uuid END,
            CASE i % 250 WHEN 0 THEN 'rare' ELSE 'note' END, 'title ' || i, 'all ' || CASE i % 2500 WHEN 0 THEN 'few' ELSE 'x' END,
            CASE i % 1250 WHEN 0 THEN 'archived' WHEN 50 THEN 'draft' ELSE 'published' END, now() - i * interval '1 second',
            CASE i % 500 WHEN 100 THEN now() END
     FROM generate_series(1, $3::int) AS i`,
    [userId, otherId, ROWS],
  );
  // Until each page is known to be visible to everybody, as it is of a table that has been there for a while.
  await eventually(async () => {
    await pool.query('VACUUM ANALYZE content');
    const { rows } = await pool.query(
      `SELECT relallvisible >= relpages AS all FROM pg_class WHERE relname = 'content'`,
    );
    return rows[0]?.all === true;
  });
}, 600_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

interface Plan {
  'Node Type': string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** How a statement is executed, and how many pages it touches for that. */
async function explained(statement: Statement): Promise<{ nodes: string[]; buffers: number }> {
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement.text}`,
    statement.values,
  );
  const plan = rows[0]!['QUERY PLAN'][0].Plan;
  const buffers = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  return { nodes: nodesOf(plan).map((node) => node['Node Type']), buffers };
}

const choices = {
  type: [undefined, 'note', 'rare'],
  status: [undefined, 'published', 'archived'],
  q: [undefined, 'few', 'all'],
  deleted: [undefined, true],
} as const;
const combinations = choices.type.flatMap((type) =>
  choices.status.flatMap((status) =>
    choices.q.flatMap((q) => choices.deleted.map((deleted) => ({ type, status, q, deleted }))),
  ),
);

async function total(filters: object): Promise<number> {
  return (await pool.query<{ total: number }>(contentTotal(userId, query(filters)))).rows[0]?.total ?? -1;
}

/** How much the filters leave, without the limit of totals. */
async function matches(asked: ContentListQuery): Promise<number> {
  const { text, values } = contentTotal(userId, asked);
  return (await pool.query<{ total: number }>(text.replace(/LIMIT \d+/, ''), values)).rows[0]?.total ?? -1;
}

const query = (filters: object): ContentListQuery => Object.assign(new ContentListQuery(), filters);
/** Somewhere in the middle. */
const keyOf = (q: string | undefined): ContentKey => {
  const place = String((Date.now() - (ROWS / 2) * 1_000) * 1_000);
  return q === undefined ? [place, userId] : [place, userId, '0.3'];
};

describe.each(combinations)('content by $type, $status, $q, $deleted', (filters) => {
  it('is found by an index and few pages: the first page, one by a cursor, and the total', async () => {
    const asked = query(filters);
    for (const statement of [
      contentPage(userId, asked, undefined),
      contentPage(userId, asked, keyOf(filters.q)),
      contentTotal(userId, asked),
    ]) {
      const { nodes, buffers } = await explained(statement);
      expect(nodes).not.toContain('Seq Scan');
      expect(nodes.join()).toMatch(/Index|Bitmap/);
      // Whoever searches reads what matches, of their own, because it has to be ranked, and where the index has the words.
      const most = filters.q === undefined ? 1_000 : 2_000 + (await matches(asked));
      expect(buffers, nodes.join(', ')).toBeLessThanOrEqual(most);
    }
  });
});

it('a filter leaves what it should', async () => {
  // Counted to one more than the limit of totals.
  const own = ROWS / 50;
  const counted = (rows: number): number => Math.min(rows, 10_001);
  expect(await total({})).toBe(counted(own * 0.9));
  expect(await total({ deleted: true })).toBe(own * 0.1);
  expect(await total({ type: 'rare' })).toBe(own * 0.2);
  expect(await total({ q: 'all' })).toBe(counted(own * 0.9));
  expect(await total({ q: 'few' })).toBe(own / 50);
  expect(await total({ q: 'few all', status: 'archived' })).toBe(own / 50);
});
