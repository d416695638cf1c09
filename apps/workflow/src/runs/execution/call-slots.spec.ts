import { describe, expect, it } from 'vitest';
import { CallSlots, type Release } from './call-slots.js';

const never = new AbortController().signal;

/** Asks for a slot, and keeps what is given in the order in which it is. */
async function ask(slots: CallSlots, given: string[], releases: Map<string, Release[]>, owner: string): Promise<void> {
  const release = await slots.take(owner, never);
  given.push(release === undefined ? `${owner} refused` : owner);
  if (release !== undefined) releases.set(owner, [...(releases.get(owner) ?? []), release]);
}

function world(count: number) {
  const slots = new CallSlots(count);
  const [given, releases] = [[] as string[], new Map<string, Release[]>()];
  return {
    slots,
    given,
    ask: async (owner: string, number: number) => {
      for (let asked = 0; asked < number; asked++) void ask(slots, given, releases, owner);
      await Promise.resolve();
      await Promise.resolve();
    },
    release: async (owner: string) => {
      releases.get(owner)?.shift()?.();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

describe('slots of calls', () => {
  it('are half of all for one owner, and there is room for another one', async () => {
    const { given, ask: wants } = world(8);
    await wants('a', 20);
    expect(given).toEqual(['a', 'a', 'a', 'a']);
    await wants('b', 20);
    expect(given.slice(4)).toEqual(['b', 'b']);
    await wants('c', 20);
    expect(given.slice(6)).toEqual(['c']);
  });

  it('go to owners who wait in turn, and never to more than there are', async () => {
    const { given, ask: wants, release } = world(1);
    await wants('a', 3);
    await wants('b', 3);
    expect(given).toEqual(['a']);
    for (const owner of ['a', 'a', 'b', 'a', 'b']) await release(owner);
    expect(given).toEqual(['a', 'a', 'b', 'a', 'b', 'b']);
  });

  it('are not waited for when the run is stopped, before or meanwhile', async () => {
    const slots = new CallSlots(1);
    const first = await slots.take('a', never);
    const stop = new AbortController();
    const waiting = slots.take('a', stop.signal);
    stop.abort();
    expect(await waiting).toBeUndefined();
    expect(await slots.take('b', stop.signal)).toBeUndefined();
    first?.();
    expect(await slots.take('b', never)).toBeDefined();
  });

  it('are for nobody once the process is about to end', async () => {
    const { given, slots, ask: wants, release } = world(2);
    await wants('a', 2);
    slots.close();
    await wants('b', 1);
    await release('a');
    expect(given).toEqual(['a', 'a refused', 'b refused']);
  });
});
