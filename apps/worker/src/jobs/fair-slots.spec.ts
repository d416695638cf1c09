import type { JobMessage } from '@app/messaging';
import { beforeEach, describe, expect, it } from 'vitest';
import { FairSlots } from './fair-slots.js';

let slots: FairSlots;
let drained: number;
/** Attempts under way, in the order in which they began. */
let open: { message: JobMessage; end: () => void }[];

beforeEach(() => {
  open = [];
  drained = 0;
  slots = make(5);
});

function make(count: number): FairSlots {
  return new FairSlots({
    slots: count,
    run: (message) => new Promise((resolve) => open.push({ message, end: resolve })),
    onDrained: () => (drained += 1),
  });
}

let jobs = 0;
const send = (owner: string | null, jobId = `j${(jobs += 1)}`): Promise<void> =>
  slots.take({ jobId, epoch: 0, priority: 5, owner });
const owners = (): (string | null)[] => open.map(({ message }) => message.owner);
/** Lets whatever is ready to go on do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
async function end(index: number): Promise<void> {
  open.splice(index, 1)[0]?.end();
  await settle();
}

describe('FairSlots', () => {
  it('leaves slots for others, however much one owner sends', async () => {
    for (let i = 0; i < 50; i++) void send('a');
    expect(owners()).toEqual(['a', 'a', 'a']);
    void send('b');
    void send('b');
    void send('c');
    expect(owners()).toEqual(['a', 'a', 'a', 'b', 'c']);
  });

  it('gives the handler of a message that has no room back at once', async () => {
    for (let i = 0; i < 3; i++) void send('a');
    await send('a');
    expect(slots.isDrained()).toBe(false);
    expect(open).toHaveLength(3);
  });

  it('goes on with what waits when its owner has room again, and says when nothing does', async () => {
    for (let i = 0; i < 5; i++) void send('a', `a${i}`);
    await end(0);
    expect(open.map(({ message }) => message.jobId)).toEqual(['a1', 'a2', 'a3']);
    expect(drained).toBe(0);
    await end(0);
    expect(open.at(-1)?.message.jobId).toBe('a4');
    expect([drained, slots.isDrained()]).toEqual([1, true]);
  });

  it('lets those who wait for any slot in before more of an owner who has many', async () => {
    for (let i = 0; i < 6; i++) void send('a');
    for (const owner of ['b', 'c', 'd']) void send(owner);
    expect(owners()).toEqual(['a', 'a', 'a', 'b', 'c']);
    await end(0);
    expect(owners()).toEqual(['a', 'a', 'b', 'c', 'd']);
  });

  it('keeps a message that is sent again once, and drops what is too much', async () => {
    for (let i = 0; i < 3; i++) void send('a');
    for (let i = 0; i < 2_000; i++) await send('a', `w${i % 1_500}`);
    let done = 0;
    while (open.length > 0) {
      await end(0);
      done += 1;
    }
    expect(done).toBe(1_003);
  });

  it('does everything of everybody with a single slot, the platform included', async () => {
    slots = make(1);
    for (const owner of ['a', null, 'a', 'b']) void send(owner);
    const seen: (string | null)[] = [];
    while (open.length > 0) {
      seen.push(...owners());
      await end(0);
    }
    expect(seen).toEqual(['a', null, 'a', 'b']);
  });
});
