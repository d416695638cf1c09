import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BoundedQueue } from './bounded-queue.js';

/** Work that ends when the test says so. */
function work(): { run: () => Promise<void>; end: () => void } {
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { run: () => ended, end: () => end() };
}

describe('BoundedQueue', () => {
  it('runs no more than allowed at a time, in the order of asking', async () => {
    const queue = new BoundedQueue(2, 10);
    const started: number[] = [];
    const works = [work(), work(), work(), work()];
    const all = works.map(({ run }, index) =>
      queue.run(() => {
        started.push(index);
        return run();
      }),
    );
    await turn();
    expect(started).toEqual([0, 1]);
    works[1]?.end();
    await turn();
    expect(started).toEqual([0, 1, 2]);
    for (const { end } of works) end();
    await Promise.all(all);
    expect(started).toEqual([0, 1, 2, 3]);
  });

  it('refuses at once when too many wait, and takes more when they are done', async () => {
    const queue = new BoundedQueue(1, 1);
    const [first, second] = [work(), work()];
    const running = [queue.run(first.run), queue.run(second.run)];
    await expect(queue.run(() => Promise.resolve())).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    first.end();
    second.end();
    await Promise.all(running);
    await expect(queue.run(() => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('goes on after work that failed', async () => {
    const queue = new BoundedQueue(1, 1);
    await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(queue.run(() => Promise.resolve('done'))).resolves.toBe('done');
  });
});
