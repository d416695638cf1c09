import type { RunValues } from '@app/blobs';
import { newId } from '@app/contracts';
import { createDataSource, hotPool, type RunRequest } from '@app/database';
import type { CommandBus } from '@app/messaging';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { noLargeValues } from '../../../../test/blobs/no-large-values.js';
import { toAppError } from '../http/problems/to-app-error.js';
import type { RunQuotaService } from '../quotas/run-quota.service.js';
import { RunAcceptor } from './run-acceptor.service.js';

const userId = newId();
const noQuota = { isSet: false } as RunQuotaService;
const noLarge = noLargeValues as RunValues;
const publish = vi.fn<CommandBus['publish']>();
let database: TestDatabase;
let dataSource: DataSource;
let pool: Pool;
let acceptor: RunAcceptor;
let workflowId: string;

beforeAll(async () => {
  database = await testDatabase();
  dataSource = await createDataSource(database.config).initialize();
  pool = hotPool(dataSource);
  acceptor = new RunAcceptor(pool, { publish } as unknown as CommandBus<'gateway'>, noQuota, noLarge);
  await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, 'a@example.com', 'Ada')`, [userId]);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

beforeEach(async () => {
  workflowId = newId();
  publish.mockClear();
  await pool.query(
    `INSERT INTO workflows (id, user_id, name, trigger_type, steps, version) VALUES ($1, $2, 'W', 'manual', '[]', 7)`,
    [workflowId, userId],
  );
});

function request(changes: Partial<RunRequest> = {}): RunRequest {
  const trigger = { type: 'manual' } as const;
  const rest = { correlationId: null, tags: [], needsActive: false, dedupeKey: null };
  return { id: newId(), workflowId, userId, trigger, inputJson: '{"n":1}', ...rest, ...changes };
}

async function countOf(table: 'workflow_runs' | 'claims'): Promise<number> {
  const { rows } = await pool.query(`SELECT count(*)::int AS n FROM ${table} WHERE workflow_id = $1`, [workflowId]);
  return rows[0].n;
}

describe('RunAcceptor', () => {
  it('checks what PostgreSQL does not see of a large input', async () => {
    const values = { ...noLarge, isLarge: () => true } as unknown as RunValues;
    const large = new RunAcceptor(pool, { publish } as unknown as CommandBus<'gateway'>, noQuota, values);
    for (const inputJson of [String.raw`"\u0000"`, String.raw`{"a":"\ud800"}`]) {
      await expect(large.accept(request({ inputJson }))).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    }
    // Nothing is wrong with what only looks like it, and the fake cannot keep anything.
    await expect(large.accept(request({ inputJson: String.raw`"\\u0000"` }))).rejects.toThrow('nothing is large');
  });

  it('accepts 99 good requests and tells the one poisonous row in the same flush what is wrong with it', async () => {
    const query = vi.spyOn(pool, 'query');
    const requests = Array.from({ length: 100 }, (_, i) =>
      request(i === 41 ? { inputJson: String.raw`"\u0000"` } : {}),
    );
    const outcomes = await Promise.allSettled(requests.map((one) => acceptor.accept(one)));
    expect(query.mock.calls).toHaveLength(101); // One for all, and when that failed one for each.
    query.mockRestore();
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused).toEqual([
      expect.objectContaining({ code: 'VALIDATION_FAILED', errors: [expect.objectContaining({ field: 'input' })] }),
    ]);
    expect(outcomes[41]?.status).toBe('rejected');
    expect([await countOf('workflow_runs'), await countOf('claims')]).toEqual([99, 99]);
  });

  it('writes what arrives together in one statement, then tells the workflow service', async () => {
    const query = vi.spyOn(pool, 'query');
    const accepted = await Promise.all(Array.from({ length: 50 }, () => acceptor.accept(request())));
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
    expect(accepted[0]).toMatchObject({ workflowVersion: 7, duplicate: false });
    expect(publish.mock.calls).toEqual([['runs.waiting', { count: 50 }]]);
    expect(await countOf('claims')).toBe(50);
  });

  it.each([
    ['missing', { workflowId: newId() }],
    ["somebody else's", { userId: newId() }],
    ['inactive, where only active ones are meant', { needsActive: true }],
  ])('answers NOT_FOUND for a workflow that is %s, without harm to the others', async (_, changes) => {
    const [bad, good] = await Promise.allSettled([acceptor.accept(request(changes)), acceptor.accept(request())]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } });
    expect(good?.status).toBe('fulfilled');
  });

  it('gives doubles of a delivery the run of the first, in one flush and later', async () => {
    const first = await acceptor.accept(request({ dedupeKey: 'a' }));
    const [again, b1, b2] = await Promise.all(
      ['a', 'b', 'b'].map((dedupeKey) => acceptor.accept(request({ dedupeKey }))),
    );
    expect(again).toMatchObject({ runId: first.runId, duplicate: true });
    expect(b1?.runId).toBe(b2?.runId);
    expect(await countOf('claims')).toBe(2);
  });

  it('tells its callers to come back when the database stays away', async () => {
    const nowhere = new Pool({ host: '127.0.0.1', port: 1 });
    const lonely = new RunAcceptor(nowhere, { publish } as unknown as CommandBus<'gateway'>, noQuota, noLarge);
    const error = await lonely.accept(request()).catch((thrown: unknown) => thrown);
    expect(toAppError(error)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterS: expect.any(Number) });
    expect(publish).not.toHaveBeenCalled();
  });
});
