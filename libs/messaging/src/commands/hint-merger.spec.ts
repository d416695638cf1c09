import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HintMerger } from './hint-merger.js';

describe('HintMerger', () => {
  let sent: [string, number][];
  let merger: HintMerger<string>;

  beforeEach(() => {
    vi.useFakeTimers();
    sent = [];
    merger = new HintMerger(5, (name, count) => sent.push([name, count]));
  });

  afterEach(() => vi.useRealTimers());

  it('sends the first hint at once', () => {
    merger.add('runs', 1);
    expect(sent).toEqual([['runs', 1]]);
  });

  it('adds up what follows within the window, and loses none', () => {
    for (let i = 0; i < 100; i++) merger.add('runs', 2);
    vi.advanceTimersByTime(5);
    expect(sent).toEqual([
      ['runs', 2],
      ['runs', 198],
    ]);
  });

  it('sends at most one per window however long the flood is', () => {
    for (let ms = 0; ms < 100; ms++) {
      merger.add('runs', 1);
      vi.advanceTimersByTime(1);
    }
    expect(sent.length).toBeLessThanOrEqual(21);
  });

  it('is idle after a window without hints', () => {
    merger.add('runs', 1);
    vi.advanceTimersByTime(5);
    expect(vi.getTimerCount()).toBe(0);
    merger.add('runs', 3);
    expect(sent).toEqual([
      ['runs', 1],
      ['runs', 3],
    ]);
  });

  it('keeps names apart', () => {
    merger.add('runs', 1);
    merger.add('jobs', 1);
    expect(sent).toHaveLength(2);
  });

  it('sends what waits when it is flushed', () => {
    merger.add('runs', 1);
    merger.add('runs', 4);
    merger.flush();
    expect(sent).toEqual([
      ['runs', 1],
      ['runs', 4],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
