import { WorkersConfig, loadConfig } from '@app/config';
import { newId } from '@app/contracts';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobOutcome, JobProcessors } from '../job-outcome.js';
import { JobRunnerService } from './job-runner.service.js';
import { RunningJobs } from './running-jobs.js';

const unasked = (): Promise<never> => Promise.reject(new Error('nobody asked for it'));

const jobId = newId();
const runId = newId();
const message = { jobId, epoch: 3, priority: 5, owner: null };
const row = {
  id: jobId,
  type: 'email.send',
  payload: { to: ['ann@example.org'], subject: 'Hello', text: 'Hi', message_id: 'm1@example.org' },
  epoch: 4,
  owner: newId(),
  retries: 1,
  maxRetries: null,
  runId,
  userId: null,
  status: 'running',
};

describe('JobRunnerService', () => {
  let outcome: JobOutcome;
  let attempts: number;
  const store = { claim: vi.fn(), finish: vi.fn() };
  const replica = { id: vi.fn() };
  const bus = { publish: vi.fn() };
  const running = new RunningJobs();
  const processors: JobProcessors = {
    'email.account': unasked,
    'email.failure': unasked,
    'email.subscription': unasked,
    'event.deliver': unasked,
    'email.send': async (_payload, signal) => {
      attempts += 1;
      expect(running.held()).toMatchObject([{ id: jobId, epoch: 4 }]);
      expect(signal.aborted).toBe(false);
      return outcome;
    },
  };

  beforeEach(() => {
    vi.resetAllMocks();
    attempts = 0;
    outcome = { kind: 'succeeded', data: 'sent' };
    replica.id.mockReturnValue(row.owner);
    store.claim.mockResolvedValue(row);
    store.finish.mockResolvedValue(true);
  });

  async function run(): Promise<void> {
    const config = loadConfig(WorkersConfig, {});
    const parts = [store, replica, running, config, bus, { ended: vi.fn() }];
    const runner = Reflect.construct(JobRunnerService, parts) as JobRunnerService;
    await runner.run(message, processors);
    expect(running.held()).toEqual([]);
  }

  it('claims the attempt the message names, does it, writes the outcome and wakes the run', async () => {
    await run();
    expect(store.claim).toHaveBeenCalledWith(jobId, 3, row.owner);
    expect(store.finish).toHaveBeenCalledWith(row, expect.objectContaining({ status: 'succeeded' }), 0);
    expect(bus.publish).toHaveBeenCalledWith('runs.waiting', { count: 1 });
  });

  it('does nothing without a lease or when somebody else has the job', async () => {
    replica.id.mockReturnValue(undefined);
    await run();
    expect(store.claim).not.toHaveBeenCalled();
    replica.id.mockReturnValue(row.owner);
    store.claim.mockResolvedValue(undefined);
    await run();
    expect(attempts).toBe(0);
  });

  it('does not start what was cancelled before, and tells the run', async () => {
    store.claim.mockResolvedValue({ ...row, status: 'cancelled' });
    await run();
    expect(attempts).toBe(0);
    expect(bus.publish).toHaveBeenCalledOnce();
  });

  it('waits twice as long before the second retry, and wakes nobody', async () => {
    outcome = { kind: 'not_done', code: 'MAIL_UNAVAILABLE', message: 'away' };
    await run();
    const [, next, delayMs] = store.finish.mock.calls[0]!;
    expect(next).toMatchObject({ status: 'queued', isRetry: true });
    expect(delayMs).toBeGreaterThanOrEqual(8_000);
    expect(delayMs).toBeLessThanOrEqual(12_000);
    expect(bus.publish).not.toHaveBeenCalled();
  });

  it('leaves a job alone that was taken away meanwhile', async () => {
    store.finish.mockResolvedValue(false);
    await run();
    expect(bus.publish).not.toHaveBeenCalled();
  });
});
