import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Periodic } from './periodic.js';

describe('Periodic', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function periodic(task: () => Promise<void>, unasked?: () => boolean) {
    const log = new Logger('test');
    const error = vi.spyOn(log, 'error').mockReturnValue();
    const info = vi.spyOn(log, 'log').mockReturnValue();
    return {
      error,
      info,
      it: new Periodic({ name: 'Looking', everyMs: 1_000, gapMs: 20, task, log, ...(unasked && { unasked }) }),
    };
  }

  it('takes a turn at the start, then one per interval', async () => {
    const task = vi.fn(async () => undefined);
    const { it: each } = periodic(task);
    each.start();
    await vi.advanceTimersByTimeAsync(3_500);
    expect(task).toHaveBeenCalledTimes(4);
    await each.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes a turn when woken, and one for a hundred calls during the gap', async () => {
    const task = vi.fn(async () => undefined);
    const { it: each } = periodic(task);
    each.start();
    await vi.advanceTimersByTimeAsync(100);
    for (let i = 0; i < 100; i++) each.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(task).toHaveBeenCalledTimes(2);
    for (let i = 0; i < 100; i++) each.wake();
    await vi.advanceTimersByTimeAsync(19);
    expect(task).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(task).toHaveBeenCalledTimes(3);
  });

  it('takes one turn at a time, and one more when woken meanwhile', async () => {
    let active = 0;
    let most = 0;
    const task = vi.fn(async () => {
      most = Math.max(most, ++active);
      await new Promise((resolve) => setTimeout(resolve, 200));
      active -= 1;
    });
    const { it: each } = periodic(task);
    each.start();
    await vi.advanceTimersByTimeAsync(50);
    each.wake();
    await vi.advanceTimersByTimeAsync(250);
    expect(task).toHaveBeenCalledTimes(2);
    expect(most).toBe(1);
  });

  it('takes one turn at a time when the task wakes itself as the first thing it does', async () => {
    let active = 0;
    let most = 0;
    const task = vi.fn(async () => {
      if (task.mock.calls.length === 1) each.wake();
      most = Math.max(most, ++active);
      await new Promise((resolve) => setTimeout(resolve, 200));
      active -= 1;
    });
    const { it: each } = periodic(task);
    each.start();
    await vi.advanceTimersByTimeAsync(190);
    expect(task).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(50);
    expect(task).toHaveBeenCalledTimes(2);
    expect(most).toBe(1);
  });

  it('goes on after failures, and logs their beginning and their end', async () => {
    let fails = true;
    const {
      it: each,
      error,
      info,
    } = periodic(async () => {
      if (fails) throw new Error('away');
    });
    each.start();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(error).toHaveBeenCalledTimes(1);
    fails = false;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(info).toHaveBeenCalledExactlyOnceWith('Looking works again.');
  });

  it('waits for the turn under way when it stops', async () => {
    let done = false;
    const { it: each } = periodic(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      done = true;
    });
    each.start();
    await vi.advanceTimersByTimeAsync(10);
    const stopped = each.stop();
    await vi.advanceTimersByTimeAsync(100);
    await stopped;
    expect(done).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes no turn unasked when it is not to, and none waits in a timer', async () => {
    let isWanted = false;
    const task = vi.fn(async () => undefined);
    const { it: each } = periodic(task, () => isWanted);
    each.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(task).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
    each.wake();
    isWanted = true;
    await vi.advanceTimersByTimeAsync(3_010);
    expect(task).toHaveBeenCalledTimes(5);
    await each.stop();
  });

  it('tries again what failed, asked or not', async () => {
    let fails = true;
    const task = vi.fn(async () => {
      if (fails) throw new Error('away');
    });
    const { it: each, info } = periodic(task, () => false);
    each.start();
    await vi.advanceTimersByTimeAsync(2_500);
    expect(task).toHaveBeenCalledTimes(3);
    fails = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(task).toHaveBeenCalledTimes(4);
    expect(info).toHaveBeenCalledExactlyOnceWith('Looking works again.');
    await each.stop();
  });
});
