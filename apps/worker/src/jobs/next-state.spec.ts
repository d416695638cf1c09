import { describe, expect, it } from 'vitest';
import type { JobOutcome } from '../job-outcome.js';
import { nextState, type EndedAttempt } from './next-state.js';
import { StopReason } from './stop-reason.js';

const succeeded: JobOutcome = { kind: 'succeeded', data: { n: 1 } };
const failed: JobOutcome = { kind: 'failed', code: 'MAIL_REJECTED', message: 'no such mailbox' };
const notDone: JobOutcome = { kind: 'not_done', code: 'MAIL_UNAVAILABLE', message: 'refused' };
const unknown: JobOutcome = { kind: 'unknown', message: 'connection lost' };

function after(attempt: Partial<EndedAttempt> & { outcome: JobOutcome }) {
  return nextState({ stopped: undefined, effect: 'unsafe', retries: 0, maxRetries: 3, ...attempt });
}

describe('nextState', () => {
  it.each([undefined, ...Object.values(StopReason)])(
    'keeps a known outcome however the attempt ended (%s)',
    (stopped) => {
      expect(after({ outcome: succeeded, stopped })).toMatchObject({ status: 'succeeded', result: { success: true } });
      expect(after({ outcome: failed, stopped })).toMatchObject({
        status: 'failed',
        isRetry: false,
        result: { success: false, error: { code: 'MAIL_REJECTED', message: 'no such mailbox' } },
      });
    },
  );

  it.each([undefined, ...Object.values(StopReason)])(
    'never repeats an unsafe job that may have happened (%s)',
    (stopped) => {
      expect(after({ outcome: unknown, stopped })).toMatchObject({ status: 'in_doubt', isRetry: false });
    },
  );

  it('repeats a safe job that may have happened', () => {
    expect(after({ outcome: unknown, effect: 'safe' })).toMatchObject({ status: 'queued', isRetry: true });
  });

  it('tries again what did not happen until the retries are used up', () => {
    expect(after({ outcome: notDone, retries: 2 })).toMatchObject({ status: 'queued', isRetry: true });
    expect(after({ outcome: notDone, retries: 3 })).toMatchObject({
      status: 'failed',
      result: { error: { code: 'MAIL_UNAVAILABLE' } },
    });
    expect(after({ outcome: notDone, maxRetries: 0 }).status).toBe('failed');
  });

  it('says when the time was up', () => {
    expect(after({ outcome: notDone, stopped: 'timeout' }).result?.error?.code).toBe('TIMEOUT');
  });

  it('hands a job back uncounted when the process ends, also with no retries left', () => {
    const next = after({ outcome: notDone, stopped: 'shutdown', retries: 3 });
    expect(next).toEqual({ status: 'queued', isRetry: false, result: null });
  });

  it('comes back when the job itself says, however often', () => {
    const outcome: JobOutcome = { kind: 'postponed', delayMs: 60_000 };
    const next = { status: 'queued', isRetry: false, result: null, delayMs: 60_000 };
    expect(after({ outcome, retries: 3 })).toEqual(next);
  });

  it('cancels what did not happen', () => {
    expect(after({ outcome: notDone, stopped: 'cancelled' })).toMatchObject({ status: 'cancelled', isRetry: false });
  });
});
