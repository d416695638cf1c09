import { afterEach, describe, expect, it, vi } from 'vitest';
import { correctIdClock, firstIdAt, idTime, isId, newId } from './ids.js';

describe('newId', () => {
  afterEach(() => {
    vi.useRealTimers();
    correctIdClock(Date.now());
  });

  it('is strictly increasing, also within a millisecond and when the clock steps back', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const ids = Array.from({ length: 10_000 }, () => newId());
    vi.setSystemTime(1_799_999_999_000);
    ids.push(newId());
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is a UUID of version 7 and variant 10 that tells its time', () => {
    const before = Date.now();
    const id = newId();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isId(id)).toBe(true);
    expect(idTime(id)).toBeGreaterThanOrEqual(before - 1);
  });

  it("follows the database's clock once it was told", () => {
    const hourAhead = Date.now() + 3_600_000;
    correctIdClock(hourAhead);
    expect(idTime(newId())).toBeGreaterThanOrEqual(hourAhead - 1);
  });

  it('lies at or after the first id of its millisecond', () => {
    const id = newId();
    expect(id >= firstIdAt(idTime(id))).toBe(true);
    expect(id < firstIdAt(idTime(id) + 1)).toBe(true);
  });
});

describe('isId', () => {
  it.each(['', 'x', '00000000-0000-0000-0000-000000000000', 42, null, `${newId()} `])('refuses %j', (value) => {
    expect(isId(value)).toBe(false);
  });
});
