import type { RunValues } from '@app/blobs';
import { newId, type RunsHanded } from '@app/contracts';
import { createDataSource, hotPool, type RunRequest } from '@app/database';
import type { CommandBus } from '@app/messaging';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { noLargeValues } from '../../../../test/blobs/no-large-values.js';
import { toAppError } from '../http/problems/to-app-error.js';
import type { RunQuotaService } from '../quotas/run-quota.service.js';
import { RunHandOver } from './hand-over/run-hand-over.service.js';
import { RunAcceptor } from './run-acceptor.service.js';

const userId = newId();
const noQuota = { isSet: false } as RunQuotaService;
const noLarge = noLargeValues as RunValues;
const publish = vi.fn<CommandBus['publish']>();
const isUp = vi.fn(() => true);
const bus = { publish, isUp } as unknown as CommandBus<'gateway'>;
let database: TestDatabase;
let dataSource: DataSource;
let pool: Pool;
let acceptor: RunAcceptor;
let workflowId: string;

beforeAll(async () => {
  database = await testDatabase();
  dataSource = await createDataSource(database.config).initialize();
  pool = hotPool(dataSource);
  acceptor = new RunAcceptor(pool, bus, noQuota, noLarge, new RunHandOver(bus));
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
    const large = new RunAcceptor(pool, bus, noQuota, values, new RunHandOver(bus));
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

  describe('in the name of a replica', () => {
    const owner = newId();
    let handOver: RunHandOver;
    let handing: RunAcceptor;

    beforeAll(async () => {
      await pool.query(
        `INSERT INTO replicas (id, service, host, pid, lease_until) VALUES ($1, 'workflow', 'h', 1, now() + interval '1 hour')`,
        [owner],
      );
    });
    beforeEach(() => {
      handOver = new RunHandOver(bus);
      handing = new RunAcceptor(pool, bus, noQuota, noLarge, handOver);
    });

    /** How many were handed to whom, and how many whoever looks first is told of. */
    const told = (): unknown[] =>
      publish.mock.calls.map(([name, payload]) =>
        'runs' in payload ? [name, payload.owner, (JSON.parse(payload.runs) as unknown[]).length] : [name, payload],
      );

    it('hands runs over for which it has room, and tells the others to look for the rest', async () => {
      handOver.hear({ owner, room: 2 });
      const input = { b: [1, 'x"y'], a: null };
      const requests = Array.from({ length: 3 }, () =>
        request({ inputJson: JSON.stringify(input), tags: ['t'], watched: true }),
      );
      await Promise.all(requests.map((one) => handing.accept(one)));
      expect(told()).toEqual([
        ['runs.handed', owner, 2],
        ['runs.waiting', { count: 1 }],
      ]);
      const [[, message] = []] = publish.mock.calls;
      const { rows } = await pool.query<{ created_at: Date }>('SELECT created_at FROM workflow_runs WHERE id = $1', [
        requests[0]?.id,
      ]);
      const created = rows[0]?.created_at.toISOString();
      expect((JSON.parse((message as RunsHanded).runs) as unknown[])[0]).toEqual({
        run_id: requests[0]?.id,
        retention: 30,
        workflow_id: workflowId,
        version: 7,
        user_id: userId,
        accepted_at: created,
        trigger: { type: 'manual' },
        input,
        correlation_id: null,
        tags: ['t'],
        depth: 0,
        watched: true,
      });
    });

    it('hands over what fits into a message: long inputs are looked for, and many short ones are several messages', async () => {
      handOver.hear({ owner, room: 500 });
      const inputOf = (length: number): string => JSON.stringify('x'.repeat(length - 2));
      const lengths = [8_193, ...Array.from({ length: 100 }, () => 8_192)];
      await Promise.all(lengths.map((length) => handing.accept(request({ inputJson: inputOf(length) }))));
      expect(told()).toEqual([
        ['runs.handed', owner, 61],
        ['runs.handed', owner, 39],
        ['runs.waiting', { count: 1 }],
      ]);
    });

    it('hands nothing over while Redis is away, nor to a replica that is dead', async () => {
      handOver.hear({ owner, room: 10 });
      isUp.mockReturnValueOnce(false);
      await handing.accept(request());
      handOver.hear({ owner: newId(), room: 100 });
      await handing.accept(request());
      expect(told()).toEqual([
        ['runs.waiting', { count: 1 }],
        ['runs.waiting', { count: 1 }],
      ]);
    });
  });

  it('tells its callers to come back when the database stays away', async () => {
    const nowhere = new Pool({ host: '127.0.0.1', port: 1 });
    const lonely = new RunAcceptor(nowhere, bus, noQuota, noLarge, new RunHandOver(bus));
    const error = await lonely.accept(request()).catch((thrown: unknown) => thrown);
    expect(toAppError(error)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterS: expect.any(Number) });
    expect(publish).not.toHaveBeenCalled();
  });
});
