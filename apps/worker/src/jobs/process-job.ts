import { jobs } from '@app/contracts';
import { readPayload } from '@app/messaging';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobOrigin, JobOutcome, JobProcessors } from '../job-outcome.js';
import type { ClaimedJob } from './job.js';

/** A processor that was told to end and does not is left to itself after this. */
const GRACE_MS = 1_000;

/** Validates a job's payload and hands it to its processor. Never rejects: what is thrown is an outcome as well. */
export async function processJob(job: ClaimedJob, processors: JobProcessors, signal: AbortSignal): Promise<JobOutcome> {
  const over = new AbortController();
  try {
    return await Promise.race([process(job, processors, signal), graceAfter(signal, over.signal)]);
  } catch (error) {
    return {
      kind: 'unknown',
      message: `The worker crashed: ${error instanceof Error ? error.message : String(error)}`,
    };
  } finally {
    over.abort();
  }
}

async function process(job: ClaimedJob, processors: JobProcessors, signal: AbortSignal): Promise<JobOutcome> {
  const read = readPayload<object>(jobs[job.type].payload, job.payload);
  if (!read.ok) return { kind: 'failed', code: 'PAYLOAD_INVALID', message: read.mistakes.join(' ') };
  // The catalog ties payload and processor to the type; TypeScript loses the tie once the type is a variable.
  const processor = processors[job.type] as (
    payload: object,
    signal: AbortSignal,
    origin: JobOrigin,
  ) => Promise<JobOutcome>;
  return processor(read.payload, signal, { id: job.id, userId: job.userId });
}

async function graceAfter(signal: AbortSignal, over: AbortSignal): Promise<JobOutcome> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true, signal: over }));
  await sleep(GRACE_MS, undefined, { signal: over });
  return { kind: 'unknown', message: 'The worker did not end in time.' };
}
