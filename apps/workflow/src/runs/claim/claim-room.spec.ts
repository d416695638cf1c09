import { describe, expect, it } from 'vitest';
import { claimRoom, withinRoom } from './claim-room.js';

/** How many of each owner a replica holds when the owners flood it one after the other. */
function flooded(concurrency: number, owners: number): number[] {
  const held = new Map<string, number>();
  for (let owner = 0; owner < owners; owner += 1) {
    for (;;) {
      const room = claimRoom(concurrency, 100, held);
      const taken = Math.min(room.most, room.ofHeld.get(`${owner}`) ?? room.ofOthers);
      if (taken === 0) break;
      held.set(`${owner}`, (held.get(`${owner}`) ?? 0) + taken);
    }
  }
  return [...held.values()];
}

describe('the room of a replica', () => {
  it('is for one owner alone what the configuration says, however often it is asked', () => {
    expect(flooded(512, 1)).toEqual([512]);
    expect(flooded(100, 1)).toEqual([100]);
    expect(flooded(1, 1)).toEqual([1]);
  });

  it('is never used up by those who came first', () => {
    expect(flooded(512, 4)).toEqual([512, 256, 128, 64]);
    expect(flooded(1, 2)).toEqual([1, 1]);
  });

  it('is never more than twice as much', () => {
    const total = flooded(512, 40).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(1_024);
  });

  it('is tight when somebody has as many as they may', () => {
    expect(claimRoom(2, 100, new Map([['a', 1]])).isTight).toBe(false);
    expect(claimRoom(2, 100, new Map([['a', 2]])).isTight).toBe(true);
    expect(claimRoom(2, 100, new Map([['a', 2]]))).toMatchObject({ most: 2, ofOthers: 1 });
  });

  it('is not overdrawn by runs that come without having been asked for', () => {
    const runs = ['a', 'a', 'b', 'a', 'c', 'b'].map((userId, n) => ({ userId, n }));
    const numbers = (held: [string, number][], most = 6): number[] =>
      withinRoom(runs, claimRoom(4, most, new Map(held))).map(({ n }) => n);
    expect(numbers([])).toEqual([0, 1, 2, 3, 4, 5]);
    expect(numbers([['a', 3]])).toEqual([0, 2, 4, 5]);
    expect(numbers([['a', 4]])).toEqual([2, 4, 5]);
    expect(
      numbers([
        ['a', 4],
        ['b', 3],
      ]),
    ).toEqual([4]);
    expect(numbers([['a', 8]])).toEqual([]);
    expect(numbers([], 2)).toEqual([0, 1]);
  });

  it('has a batch for the most', () => {
    expect(claimRoom(512, 100, new Map())).toMatchObject({ most: 100, ofOthers: 512 });
  });
});
