import { describe, expect, it } from 'vitest';
import { hookPlan } from './hook-plan.js';

describe('how long a sender waits', () => {
  it.each([
    [{ respond: { mode: 'output' } }, 30_000, 30_000],
    [{ respond: { mode: 'output', timeout_ms: 500 } }, 30_000, 500],
    [{ respond: { mode: 'output' } }, 2_000, 2_000],
    [{ respond: { mode: 'output', timeout_ms: 20_000 } }, 2_000, 2_000],
    [{ respond: { mode: 'accepted' } }, 30_000, undefined],
    [{}, 30_000, undefined],
  ])('%j with WEBHOOK_WAIT_MS=%i is %s', (trigger, maxWaitMs, expected) => {
    expect(hookPlan(trigger, { maxWaitMs, maxSteps: 1_000 }).output?.timeoutMs).toBe(expected);
  });
});
