import { describe, expect, it } from 'vitest';
import type { JobProcessors } from '../job-outcome.js';
import type { ClaimedJob } from './job.js';
import { processJob } from './process-job.js';

const unasked = (): Promise<never> => Promise.reject(new Error('nobody asked for it'));

const job: ClaimedJob = {
  id: '0198c0de-0000-7000-8000-000000000001',
  type: 'email.send',
  payload: { to: ['ann@example.org'], subject: 'Hello', text: 'Hi', message_id: 'm1@example.org' },
  epoch: 1,
  owner: '0198c0de-0000-7000-8000-000000000002',
  retries: 0,
  maxRetries: null,
  runId: null,
  userId: null,
};
const idle = new AbortController().signal;
const fine: JobProcessors = {
  'email.account': unasked,
  'email.failure': unasked,
  'email.subscription': unasked,
  'event.deliver': unasked,
  'email.send': async ({ subject }) => ({ kind: 'succeeded', data: subject }),
};

describe('processJob', () => {
  it('hands the validated payload to the processor', async () => {
    expect(await processJob(job, fine, idle)).toEqual({ kind: 'succeeded', data: 'Hello' });
  });

  it.each([[{}], [null], ['text'], [{ ...(job.payload as object), to: ['not an address'] }]])(
    'fails %j at once',
    async (payload) => {
      expect(await processJob({ ...job, payload }, fine, idle)).toMatchObject({
        kind: 'failed',
        code: 'PAYLOAD_INVALID',
      });
    },
  );

  it('does not know what a crashed processor did', async () => {
    const crash: JobProcessors = {
      'email.account': unasked,
      'email.failure': unasked,
      'email.subscription': unasked,
      'event.deliver': unasked,
      'email.send': () => Promise.reject(new Error('boom')),
    };
    expect(await processJob(job, crash, idle)).toEqual({ kind: 'unknown', message: 'The worker crashed: boom' });
  });

  it('does not wait for ever for one that does not end when told to', async () => {
    const deaf: JobProcessors = {
      'email.account': unasked,
      'email.failure': unasked,
      'email.subscription': unasked,
      'event.deliver': unasked,
      'email.send': () => new Promise(() => undefined),
    };
    const abort = new AbortController();
    const outcome = processJob(job, deaf, abort.signal);
    abort.abort('timeout');
    expect(await outcome).toMatchObject({ kind: 'unknown' });
  });
});
