import { describe, expect, it } from 'vitest';
import { KnownPauses, MOST_ACCOUNTS } from './known-pauses.js';

function world() {
  let now = 1_000;
  const known = new KnownPauses(() => now);
  const add = (key: { userId: string; name: string }, ms: number): boolean => known.add(key, now + ms);
  return { known, add, pass: (ms: number) => (now += ms) };
}
const account = (name: string, userId = 'u') => ({ userId, name });

describe('KnownPauses', () => {
  it('counts down, and knows nothing of other accounts and other owners', () => {
    const { known, add, pass } = world();
    expect(add(account('a'), 500)).toBe(true);
    pass(200);
    expect(known.remainingMs(account('a'))).toBe(300);
    expect(known.remainingMs(account('b'))).toBe(0);
    expect(known.remainingMs(account('a', 'v'))).toBe(0);
    pass(300);
    expect(known.remainingMs(account('a'))).toBe(0);
  });

  it('takes the longest pause, and says what is news', () => {
    const { known, add } = world();
    add(account('a'), 500);
    expect(add(account('a'), 400)).toBe(false);
    expect(add(account('a'), 500)).toBe(false);
    expect(known.remainingMs(account('a'))).toBe(500);
    expect(add(account('a'), 600)).toBe(true);
    expect(known.remainingMs(account('a'))).toBe(600);
  });

  it('keeps a bounded number for each owner, and forgets what is over', () => {
    const { known, add, pass } = world();
    for (let n = 0; n < MOST_ACCOUNTS + 5; n += 1) add(account(`a${n}`), 100);
    expect(known.size).toBe(MOST_ACCOUNTS);
    expect(add(account('one more'), 100)).toBe(false);
    expect(add(account('a0'), 200)).toBe(true);
    expect(add(account('a', 'v'), 100)).toBe(true);
    pass(100);
    known.sweep();
    expect(known.size).toBe(1);
    pass(100);
    known.sweep();
    expect(known.size).toBe(0);
  });
});
