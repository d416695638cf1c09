import { describe, expect, it } from 'vitest';
import { Discovered } from './discovered.js';

const HOUR = 3_600_000;

function world() {
  const state = { asked: 0, now: 0, isAway: false };
  const ask = () => {
    state.asked += 1;
    return state.isAway ? Promise.reject(new Error('away')) : Promise.resolve(state.asked);
  };
  return { state, discovered: new Discovered(ask, () => state.now) };
}

describe('Discovered', () => {
  it('asks once, however many want to know at once, and again after an hour', async () => {
    const { state, discovered } = world();
    expect(await Promise.all([discovered.get(), discovered.get(), discovered.get()])).toEqual([1, 1, 1]);
    state.now = HOUR - 1;
    expect(await discovered.get()).toBe(1);
    state.now = HOUR;
    expect(await discovered.get()).toBe(2);
  });

  it('does not remember that a provider was away', async () => {
    const { state, discovered } = world();
    state.isAway = true;
    await expect(discovered.get()).rejects.toThrow('away');
    state.isAway = false;
    expect(await discovered.get()).toBe(2);
  });

  it('goes on with what it knew while the provider is away, and asks again soon', async () => {
    const { state, discovered } = world();
    await discovered.get();
    Object.assign(state, { isAway: true, now: HOUR });
    expect(await discovered.get()).toBe(1);
    expect(await discovered.get()).toBe(1);
    expect(state.asked).toBe(2);
    Object.assign(state, { isAway: false, now: HOUR + 30_000 });
    expect(await discovered.get()).toBe(3);
  });
});
