import type { StepDefinition } from '@app/definition';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DirectRuns } from '../../../test/chaos/support/direct-runs.js';
import { WorkflowService } from '../../../test/workflow/workflow-service.js';

let service: WorkflowService;

beforeAll(async () => {
  service = await WorkflowService.start();
});
beforeEach(async () => {
  service.reset();
});
afterAll(() => service.stop());

/** A new owner, so that what one test was answered is nothing to the next. */
async function newOwner(): Promise<DirectRuns> {
  const owner = new DirectRuns(service.pool);
  await owner.createOwner();
  return owner;
}

const call = (path: string, more: Partial<StepDefinition> = {}): StepDefinition => ({
  id: path,
  type: 'http.request',
  config: { method: 'POST', url: `${service.receiverUrl}/${path}` },
  ...more,
});

/** From now on this path asks for no more calls. */
function refuse(path: string, headers: Record<string, string>, status = 429): void {
  service.answers.set(`/${path}`, (end) => end(status, {}, headers));
}

const paths = (): string[] => service.received.map(({ url }) => url);
const run = async (owner: DirectRuns, step: StepDefinition, config = {}): Promise<string> =>
  owner.accept(await owner.createWorkflow([step], config));

describe('a provider that asks for no more calls', () => {
  it('is not called by other runs of the owner; what they wait for is shown, and cancelling does not wait', async () => {
    const owner = await newOwner();
    refuse('refused', { 'retry-after': '60' });
    await service.becomes(await run(owner, call('refused')), 'failed');

    const waiting = await run(owner, call('other'));
    await service.becomes(waiting, 'waiting');
    const [step] = await service.steps(waiting);
    expect(step).toMatchObject({
      path: 'other',
      status: 'waiting',
      attempt: 0,
      input: { method: 'POST', url: `${service.receiverUrl}/other` },
      error: {
        code: 'PROVIDER_PAUSED',
        message: expect.stringMatching(
          /^http:\/\/127\.0\.0\.1:\d+ asked for no more calls until 20\d\d-.*Z; the step goes on/,
        ),
      },
      completed_at: null,
    });
    const { rows } = await service.pool.query<{ in: number; owner: string | null }>(
      `SELECT extract(epoch FROM run_at - now())::float8 AS in, owner FROM claims WHERE run_id = $1`,
      [waiting],
    );
    expect(rows).toEqual([{ in: expect.any(Number), owner: null }]);
    expect(rows[0]?.in).toBeGreaterThan(50);
    expect(rows[0]?.in).toBeLessThan(91);

    await service.pool.query(
      'UPDATE claims SET cancel_requested_at = now(), run_at = now(), woken = true WHERE run_id = $1',
      [waiting],
    );
    await service.becomes(waiting, 'cancelled');
    expect(await service.steps(waiting)).toMatchObject([{ path: 'other', status: 'cancelled' }]);
    expect(paths()).toEqual(['/refused']);
  });

  it('is called by runs of everybody else', async () => {
    const [owner, other] = [await newOwner(), await newOwner()];
    refuse('refused', { 'retry-after': '60' });
    await service.becomes(await run(owner, call('refused')), 'failed');
    await service.becomes(await run(other, call('other')), 'completed');
  });

  it.each([
    ['Retry-After in seconds', 429, () => ({ 'retry-after': '1' })],
    ['Retry-After as a date', 503, () => ({ 'retry-after': new Date(Date.now() + 2_000).toUTCString() })],
    [
      'a date of a provider whose clock is a day ahead',
      503,
      () => {
        const ahead = Date.now() + 86_400_000;
        return { date: new Date(ahead).toUTCString(), 'retry-after': new Date(ahead + 1_000).toUTCString() };
      },
    ],
    ['a limit that is used up', 200, () => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' })],
  ])('is called again when the time is over: %s', async (_form, status, headers) => {
    const owner = await newOwner();
    const now = headers();
    refuse('refused', now, status);
    await service.becomes(await run(owner, call('refused')), status === 200 ? 'completed' : 'failed');
    const first = Date.now();
    const waiting = await run(owner, call('other'));
    await service.becomes(waiting, 'waiting');
    const { output } = await service.becomes(waiting, 'completed');
    expect(output).toMatchObject({ status: 200 });
    expect(await service.steps(waiting)).toMatchObject([{ status: 'completed', attempt: 1, error: null }]);
    expect(paths()).toEqual(['/refused', '/other']);
    expect(Date.now() - first).toBeGreaterThan(500);
  });

  it('is left alone by its own retry, and by the last of the attempts that are left', async () => {
    const owner = await newOwner();
    const times: number[] = [];
    service.answers.set('/a', (end) => {
      times.push(performance.now());
      if (times.length === 1) end(429, {}, { 'retry-after': '1' });
      else end(200);
    });
    const step = call('a', { retry: { max_attempts: 2, delay_ms: 1, backoff: 1 } });
    const first = await run(owner, step);
    await service.becomes(first, 'waiting');
    const second = await run(owner, step);
    for (const id of [first, second]) await service.becomes(id, 'completed');
    expect(times).toHaveLength(3);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1_000);
    expect(await service.steps(first)).toMatchObject([{ attempt: 2 }]);
    expect(await service.steps(second)).toMatchObject([{ attempt: 1 }]);
  });

  it('holds no slot of a limited workflow', async () => {
    const owner = await newOwner();
    refuse('refused', { 'retry-after': '60' });
    await service.becomes(await run(owner, call('refused')), 'failed');
    const steps = [
      call('other', { if: 'input.n = 21 and $not(run.id = "")' }),
      { id: 'x', type: 'transform', config: { expression: '1' } },
    ] as StepDefinition[];
    const limited = await owner.createWorkflow(steps, { limits: { concurrency: { max: 1 } } });
    const ids = await owner.acceptMany(limited, 3);
    for (const id of ids) await service.becomes(id, 'waiting');
    await eventually(async () => (await service.pool.query('SELECT FROM run_slots')).rowCount === 0);
    expect(paths()).toEqual(['/refused']);
  });

  it('fails a run whose own time is up meanwhile', async () => {
    const owner = await newOwner();
    refuse('refused', { 'retry-after': '60' });
    await service.becomes(await run(owner, call('refused')), 'failed');
    const late = await run(owner, call('other', { timeout_ms: 1 }), { timeout_ms: 700 });
    await service.becomes(late, 'waiting');
    expect(await service.becomes(late, 'failed')).toMatchObject({ error: { code: 'TIMEOUT' } });
    expect(await service.steps(late)).toMatchObject([{ status: 'cancelled' }]);
    expect(paths()).toEqual(['/refused']);
  });
});
