import { GracefulShutdown, HealthService } from '@app/observability';
import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TaskWaits } from './task-waits.service.js';

/** Of a program that stays. */
const here = (): AbortSignal => new AbortController().signal;
const MINUTE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A process whose database has so many tasks of each queue. */
function world(tasks: Record<string, number> = {}) {
  const asked: { users: string[]; queues: string[]; programs: number[] }[] = [];
  const query = async ({ values }: { values: [string[], string[], number[]] }): Promise<unknown> => {
    const [users, queues, programs] = values;
    asked.push({ users, queues, programs });
    const rows = queues.map((queue, place) => ({ place, tasks: Math.min(tasks[queue] ?? 0, programs[place] ?? 0) }));
    return { rows: rows.filter((row) => row.tasks > 0) };
  };
  const shutdown = new GracefulShutdown(new HealthService());
  const waits = new TaskWaits({ query } as unknown as Pool, shutdown);
  waits.onApplicationBootstrap();
  const woken: string[] = [];
  const wait = (name: string, queues: string[], userId = 'ada'): void => {
    const opened = waits.open(userId, queues);
    void opened.next(MINUTE_MS, here()).then(() => (woken.push(name), opened.close()));
  };
  return { waits, wait, woken, asked, shutdown };
}

it('asks once for all who wait, each queue of a user once, and not at all when nobody waits', async () => {
  const { wait, asked, waits } = world();
  await vi.advanceTimersByTimeAsync(5_000);
  waits.wake();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toEqual([]);
  for (let n = 0; n < 1_000; n += 1) wait(`a${n}`, ['x', 'y']);
  wait('b', ['x'], 'tim');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.length).toBeLessThanOrEqual(11);
  expect(asked[0]).toEqual({ users: ['ada', 'ada', 'tim'], queues: ['x', 'y', 'x'], programs: [1_000, 1_000, 1] });
});

it('wakes as many as there are tasks, those who have waited longest first', async () => {
  const tasks: Record<string, number> = {};
  const { wait, woken, waits } = world(tasks);
  for (const name of ['first', 'second', 'third']) wait(name, ['x']);
  wait('other', ['y']);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(woken).toEqual([]);
  tasks['x'] = 2;
  waits.wake();
  await vi.advanceTimersByTimeAsync(20);
  expect(woken).toEqual(['first', 'second']);
});

it('tells of a task that came while its program was looking', async () => {
  const { waits } = world({ x: 1 });
  const wait = waits.open('ada', ['x']);
  await vi.advanceTimersByTimeAsync(600);
  await wait.next(MINUTE_MS, here());
  // Once: the next one is waited for.
  const told = vi.fn();
  wait.close();
  void wait.next(MINUTE_MS, here()).then(() => told());
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(told).toHaveBeenCalled();
});

it('lets nobody wait in a process that ends', async () => {
  const { wait, woken, waits, shutdown } = world();
  wait('one', ['x']);
  await shutdown.run();
  expect([woken, waits.areOver]).toEqual([['one'], true]);
});
