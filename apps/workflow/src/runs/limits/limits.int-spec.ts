import type { StepDefinition } from '@app/definition';
import { newId } from '@app/contracts';
import { eventually } from '@app/testing';
import { letInSql } from './let-in.sql.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rowsReadOf, type PlanNode } from '../../../../../test/workflow/plan.js';
import { WorkflowService } from '../../../../../test/workflow/workflow-service.js';

let service: WorkflowService;
/** Answers that the receiver still owes, by path. */
let held: Map<string, (() => void)[]>;

beforeAll(async () => {
  process.env['EGRESS_ALLOW'] = '127.0.0.1/32';
  service = await WorkflowService.start();
});
beforeEach(() => {
  service.reset();
  held = new Map();
});
afterAll(() => service.stop());

/** From now on the receiver answers this path when it is told to. */
function hold(path: string): void {
  held.set(path, []);
  service.answers.set(path, (end) => void held.get(path)?.push(() => end(200)));
}
function answer(path: string, count = 1): void {
  for (const reply of held.get(path)?.splice(0, count) ?? []) reply();
}
const open = (path: string): number => held.get(path)?.length ?? 0;
const isOpen = (path: string, count: number): Promise<unknown> => eventually(async () => open(path) === count);

async function number(sql: string, ...values: unknown[]): Promise<number> {
  return (await service.pool.query<{ n: number }>(sql, values)).rows[0]!.n;
}
const slots = (): Promise<number> => number('SELECT count(*)::int AS n FROM run_slots WHERE NOT freed');
const queued = (workflowId: string): Promise<number> =>
  number('SELECT count(*)::int AS n FROM claims WHERE workflow_id = $1 AND queue_order IS NOT NULL', workflowId);
const noSlots = (): Promise<unknown> =>
  eventually(async () => (await number('SELECT count(*)::int AS n FROM run_slots')) === 0);

async function limited(limits: object, steps: StepDefinition[]): Promise<string> {
  return service.createWorkflow(steps, { limits });
}

const executed = (workflowId: string, count: number, input: unknown = {}): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => service.execute(workflowId, input)));

describe('config.limits.concurrency', () => {
  it('lets no more than max runs work at the same time, and the next one when one ends', async () => {
    hold('/a');
    const workflow = await limited({ concurrency: { max: 2 } }, [service.call('a', 'PUT')]);
    const runs = await executed(workflow, 5);
    await isOpen('/a', 2);
    await eventually(async () => (await queued(workflow)) === 3);
    expect([open('/a'), await slots()]).toEqual([2, 2]);
    for (let left = 5; left > 0; left -= 1) {
      await isOpen('/a', Math.min(2, left));
      expect(await slots()).toBeLessThanOrEqual(2);
      answer('/a');
    }
    for (const run of runs) await service.becomes(run, 'completed');
    await noSlots();
  });

  it('counts runs with the same key together, by an expression over input and run', async () => {
    hold('/b');
    const key = 'input.customer & run.trigger.type';
    const workflow = await limited({ concurrency: { max: 1, key } }, [service.call('b', 'PUT')]);
    const runs = [...(await executed(workflow, 2, { customer: 1 })), ...(await executed(workflow, 2, { customer: 2 }))];
    await isOpen('/b', 2);
    await eventually(async () => (await queued(workflow)) === 2);
    answer('/b', 2);
    await isOpen('/b', 2);
    answer('/b', 2);
    for (const run of runs) await service.becomes(run, 'completed');
  });

  it('counts the runs that other workflows start: so many calls of an account are open', async () => {
    hold('/account');
    const calling = await limited({ concurrency: { max: 2 } }, [service.call('account', 'PUT')]);
    const run: StepDefinition = { id: 'run', type: 'workflow.run', config: { workflow_id: calling } };
    const each = { id: 'each', type: 'foreach', config: { items: '[1..3]', concurrency: 3, steps: [run] } };
    const others = [await service.createWorkflow([each]), await service.createWorkflow([run, { ...run, id: 'again' }])];
    const runs = await Promise.all(others.map((id) => service.execute(id, {})));
    for (let left = 5; left > 0; left -= 1) {
      await isOpen('/account', Math.min(2, left));
      expect(await slots()).toBeLessThanOrEqual(2);
      answer('/account');
    }
    for (const id of runs) await service.becomes(id, 'completed');
    await noSlots();
  });

  it('fails a run whose key cannot be evaluated', async () => {
    const workflow = await limited({ concurrency: { max: 1, key: '$error("no key")' } }, [service.call('x', 'PUT')]);
    const [run] = await executed(workflow, 1);
    expect((await service.becomes(run!, 'failed')).error).toMatchObject({ code: 'EXPRESSION_FAILED' });
    expect(service.received).toEqual([]);
  });

  it('takes the slot from a run while it is parked; it goes first when it is due again', async () => {
    hold('/c');
    const steps: StepDefinition[] = [
      { id: 'wait', type: 'wait.signal', config: { name: 'go' }, if: 'input.waits' },
      service.call('c', 'PUT'),
    ];
    const workflow = await limited({ concurrency: { max: 1 } }, steps);
    const [parked] = await executed(workflow, 1, { waits: true, n: 'parked' });
    await service.becomes(parked!, 'waiting');
    await noSlots();
    const [first, second] = [
      ...(await executed(workflow, 1, { n: 'first' })),
      ...(await executed(workflow, 1, { n: 'second' })),
    ];
    await isOpen('/c', 1);
    await eventually(async () => (await queued(workflow)) === 1);
    await service.pool.query(
      `WITH woken AS (UPDATE claims SET run_at = now(), woken = true WHERE run_id = $1 RETURNING run_id)
       INSERT INTO run_inbox (id, run_id, kind, payload, user_id)
       SELECT $2, run_id, 'signal', '{"name": "go", "payload": null}', $3 FROM woken`,
      [parked, newId(), service.userId],
    );
    await eventually(async () => (await queued(workflow)) === 2);
    answer('/c');
    await service.becomes(first!, 'completed');
    await isOpen('/c', 1);
    expect(JSON.parse(service.received.at(-1)!.body)).toEqual({ n: 'parked' });
    answer('/c');
    await isOpen('/c', 1);
    answer('/c');
    await service.becomes(second!, 'completed');
    await noSlots();
  });

  it('scope run: the run has its slot to the end, also while it waits', async () => {
    hold('/d');
    const steps: StepDefinition[] = [{ id: 'wait', type: 'delay', config: { for_ms: 150 } }, service.call('d', 'PUT')];
    const workflow = await limited({ concurrency: { max: 1, scope: 'run' } }, steps);
    const runs = [...(await executed(workflow, 1)), ...(await executed(workflow, 1))];
    await service.becomes(runs[0]!, 'waiting');
    await eventually(async () => (await queued(workflow)) === 1);
    expect(await slots()).toBe(1);
    await isOpen('/d', 1);
    expect((await service.run(runs[1]!))?.status).toBe('pending');
    answer('/d');
    await isOpen('/d', 1);
    answer('/d');
    for (const run of runs) await service.becomes(run, 'completed');
    await noSlots();
  });

  it('a run that waits in the queue is cancelled without a slot; one that is at work frees its own', async () => {
    hold('/e');
    const workflow = await limited({ concurrency: { max: 1 } }, [service.call('e', 'PUT')]);
    const [atWork] = await executed(workflow, 1);
    await isOpen('/e', 1);
    const [waiting, last] = [...(await executed(workflow, 1)), ...(await executed(workflow, 1))];
    await eventually(async () => (await queued(workflow)) === 2);
    const cancel =
      'UPDATE claims SET cancel_requested_at = now(), run_at = least(run_at, now()), woken = true WHERE run_id = $1';
    await service.pool.query(cancel, [waiting]);
    await service.becomes(waiting!, 'cancelled');
    expect(open('/e')).toBe(1);
    await service.pool.query(cancel, [atWork]);
    await service.becomes(atWork!, 'cancelled');
    await eventually(async () => open('/e') === 2);
    answer('/e', 2);
    await service.becomes(last!, 'completed');
    await noSlots();
  });

  it('a claim that goes away takes nothing with it', async () => {
    hold('/f');
    const workflow = await limited({ concurrency: { max: 1 } }, [service.call('f', 'PUT')]);
    await executed(workflow, 1);
    await isOpen('/f', 1);
    const [erased] = await executed(workflow, 1);
    const [last] = await executed(workflow, 1);
    await eventually(async () => (await queued(workflow)) === 2);
    await service.pool.query('DELETE FROM claims WHERE run_id = $1', [erased]);
    answer('/f');
    await isOpen('/f', 1);
    answer('/f');
    await service.becomes(last!, 'completed');
    await noSlots();
  });

  it('keeps the slot of a holder that is lost until no call of it can be open, and its run waits as long', async () => {
    hold('/g');
    const step = service.call('g', 'PUT', { timeout_ms: 60_000 });
    const workflow = await limited({ concurrency: { max: 2 } }, [step]);
    const [run] = await executed(workflow, 1);
    await isOpen('/g', 1);
    // As recovery frees the run of a replica that is dead.
    await service.pool.query('UPDATE claims SET owner = NULL WHERE run_id = $1', [run]);
    await eventually(async () => (await queued(workflow)) === 1);
    const heldFor = await eventually(async () => {
      const s = await number(
        'SELECT extract(epoch FROM held_until - now())::float AS n FROM run_slots WHERE run_id = $1',
        run,
      );
      return s !== null && s;
    });
    expect(heldFor).toBeGreaterThan(50);
    expect(heldFor).toBeLessThanOrEqual(60);
    const [other] = await executed(workflow, 1);
    await isOpen('/g', 2);
    const [last] = await executed(workflow, 1);
    await eventually(async () => (await queued(workflow)) === 2);
    expect([open('/g'), await slots()]).toEqual([2, 2]);
    await service.pool.query('UPDATE run_slots SET held_until = now() WHERE run_id = $1', [run]);
    // The run that had begun goes first.
    await isOpen('/g', 3);
    expect([await queued(workflow), await slots()]).toEqual([1, 2]);
    answer('/g', 3);
    await service.becomes(run!, 'completed');
    await service.becomes(other!, 'completed');
    await isOpen('/g', 1);
    answer('/g');
    await service.becomes(last!, 'completed');
    await noSlots();
  });

  it("scope run: a slot whose holder is lost is the same run's again", async () => {
    hold('/h');
    const step = service.call('h', 'PUT', { timeout_ms: 60_000 });
    const workflow = await limited({ concurrency: { max: 1, scope: 'run' } }, [step]);
    const [run] = await executed(workflow, 1);
    await isOpen('/h', 1);
    const [other] = await executed(workflow, 1);
    await service.pool.query('UPDATE claims SET owner = NULL WHERE run_id = $1', [run]);
    await eventually(async () => (await queued(workflow)) === 2);
    await eventually(
      async () =>
        (await service.pool.query('UPDATE run_slots SET held_until = now() WHERE held_until > now()')).rowCount === 1,
    );
    await isOpen('/h', 2);
    expect((await service.run(other!))?.status).toBe('pending');
    answer('/h', 2);
    await service.becomes(run!, 'completed');
    await isOpen('/h', 1);
    answer('/h');
    await service.becomes(other!, 'completed');
    await noSlots();
  });

  it('reads no more of a long queue than it lets in', async () => {
    const workflow = await limited({ concurrency: { max: 3 } }, [service.call('j', 'PUT')]);
    const client = await service.pool.connect();
    try {
      // Nobody else sees this queue: the transaction never ends well.
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO workflow_limits (workflow_id, user_id, version, max, stays, grace_ms) VALUES ($1, $2, 1, 3, false, 0)`,
        [workflow, service.userId],
      );
      await client.query(
        `INSERT INTO claims (run_id, retention, workflow_id, version, user_id, epoch, queue_order, slot_key, rate_key)
         SELECT gen_random_uuid(), 30, $1, 1, $2, 1, now() - n * interval '1 second', 'all', ''
         FROM generate_series(1, 10000) AS n`,
        [workflow, service.userId],
      );
      await client.query('ANALYZE claims');
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${letInSql}`,
        [newId(), workflow, 100],
      );
      expect(rowsReadOf(rows[0]!['QUERY PLAN'][0].Plan, 'claims')).toBeLessThanOrEqual(3);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('counts by the newest version that has come', async () => {
    hold('/i');
    const workflow = await limited({ concurrency: { max: 1 } }, [service.call('i', 'PUT')]);
    await executed(workflow, 2);
    await isOpen('/i', 1);
    await service.pool.query(
      `WITH v AS (INSERT INTO workflow_versions (workflow_id, version, name, description, trigger_type, steps, config)
         SELECT id, 2, name, '', 'manual', steps, '{"limits": {"concurrency": {"max": 3}}}' FROM workflows WHERE id = $1)
       UPDATE workflows SET version = 2, config = '{"limits": {"concurrency": {"max": 3}}}' WHERE id = $1`,
      [workflow],
    );
    await executed(workflow, 2);
    await isOpen('/i', 3);
    await eventually(async () => (await queued(workflow)) === 1);
    answer('/i', 3);
    await isOpen('/i', 1);
    answer('/i');
    await noSlots();
  });
});

describe('config.limits.rate', () => {
  const pure: StepDefinition[] = [{ id: 'x', type: 'transform', config: { expression: '1' } }];
  const starts = (workflowId: string): Promise<number> =>
    number('SELECT coalesce(sum(starts), 0)::int AS n FROM rate_starts WHERE workflow_id = $1', workflowId);

  it('counts a key of which nothing is known as an empty bucket', async () => {
    const workflow = await limited({ rate: { max: 4, per_ms: 3_600_000 } }, pure);
    await executed(workflow, 6);
    await eventually(async () => (await queued(workflow)) === 6);
    await eventually(
      async () => (await number('SELECT count(*)::int AS n FROM rate_starts WHERE workflow_id = $1', workflow)) === 1,
    );
    expect(await starts(workflow)).toBe(0);
    const nextS = (): Promise<number> =>
      number(
        `SELECT coalesce(min(round(extract(epoch FROM look_at - (SELECT min(at) FROM rate_starts WHERE workflow_id = $1)))::int), 0) AS n
              FROM workflow_limits WHERE workflow_id = $1 AND isfinite(look_at)`,
        workflow,
      );
    // Each run that came to the queue asked for a look, and the last of them may still be to come.
    await eventually(async () => (await nextS()) === 900);
    const age = (ms: number): Promise<unknown> =>
      service.pool.query(
        `WITH aged AS (UPDATE rate_starts SET at = at - $2 * interval '1 millisecond' WHERE workflow_id = $1)
         UPDATE workflow_limits SET look_at = now() WHERE workflow_id = $1`,
        [workflow, ms],
      );
    await age(1_800_000);
    await eventually(async () => (await starts(workflow)) === 2);
    await age(1_700_000);
    await eventually(async () => (await starts(workflow)) === 3);
    await age(200_000);
    await eventually(async () => (await starts(workflow)) === 4);
    expect(await queued(workflow)).toBe(2);
    // The first two began an hour ago, the third not yet.
    await age(1_700_000);
    await eventually(async () => (await queued(workflow)) === 0);
  });

  it('lets no more than max begin in any per_ms, whatever is executed when', async () => {
    const [max, perMs] = [5, 400];
    const workflow = await limited({ rate: { max, per_ms: perMs } }, pure);
    // Removed rows would tell of starts no more: they are kept by a trigger, as this test needs to see all of them.
    await service.pool.query(
      `CREATE TABLE seen_starts (LIKE rate_starts);
       CREATE FUNCTION keep_start() RETURNS trigger AS $f$ BEGIN INSERT INTO seen_starts SELECT NEW.*; RETURN NEW; END $f$ LANGUAGE plpgsql;
       CREATE TRIGGER keep_start AFTER INSERT ON rate_starts FOR EACH ROW EXECUTE FUNCTION keep_start();`,
    );
    try {
      const runs = await executed(workflow, 20);
      for (const run of runs) await service.becomes(run, 'completed');
      const most = await number(
        `SELECT max(n)::int AS n FROM (
           SELECT sum(starts) OVER (ORDER BY at RANGE BETWEEN CURRENT ROW AND '${perMs * 1_000 - 1} microseconds' FOLLOWING
) AS n FROM seen_starts WHERE workflow_id = $1) AS windows`,
        workflow,
      );
      expect(await number('SELECT sum(starts)::int AS n FROM seen_starts WHERE workflow_id = $1', workflow)).toBe(20);
      expect(most).toBeLessThanOrEqual(max);
    } finally {
      await service.pool.query(
        'DROP TRIGGER keep_start ON rate_starts; DROP FUNCTION keep_start; DROP TABLE seen_starts',
      );
    }
  });

  it('counts a run that was parked once', async () => {
    const workflow = await limited({ rate: { max: 1, per_ms: 100 } }, [
      { id: 'wait', type: 'delay', config: { for_ms: 50 } },
      ...pure,
    ]);
    const [run] = await executed(workflow, 1);
    await service.becomes(run!, 'completed');
    expect(await starts(workflow)).toBe(1);
  });
});

describe('a workflow without limits', () => {
  it('leaves no trace of any', async () => {
    const before = await number('SELECT count(*)::int AS n FROM workflow_limits');
    const run = await service.start([{ id: 'x', type: 'transform', config: { expression: '1' } }]);
    await service.becomes(run, 'completed');
    const plain = await service.createWorkflow([{ id: 'x', type: 'transform', config: { expression: '1' } }], {
      limits: { priority: 3 },
    });
    await service.becomes(await service.execute(plain), 'completed');
    expect(await number('SELECT count(*)::int AS n FROM workflow_limits')).toBe(before);
  });
});
