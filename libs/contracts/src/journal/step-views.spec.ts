import { describe, expect, it } from 'vitest';
import type { JournalEntry } from './journal-entry.js';
import { stepIdOf, stepViews } from './step-views.js';

const error = { code: 'HTTP_STATUS', message: 'answered 500' } as const;

describe('stepViews', () => {
  it('shows the last state of each step, in the order in which they began', () => {
    const entries: JournalEntry[] = [
      { type: 'step.completed', path: 'a', at: 2, started_at: 1, attempt: 1, output: { x: 1 } },
      { type: 'step.started', path: 'b', at: 3, attempt: 1, effect: 'keyed', input: { url: 'u' } },
      { type: 'step.failed', path: 'b', at: 4, started_at: 3, attempt: 1, error, retry_at: 9 },
      { type: 'step.started', path: 'b', at: 9, attempt: 2, effect: 'keyed' },
      { type: 'step.completed', path: 'b', at: 10, started_at: 9, attempt: 2, output: null },
      { type: 'step.skipped', path: 'c', at: 11 },
    ];
    expect(stepViews(entries)).toEqual([
      expect.objectContaining({ path: 'a', status: 'completed', output: { x: 1 }, started_at: 1, completed_at: 2 }),
      expect.objectContaining({
        path: 'b',
        status: 'completed',
        attempt: 2,
        input: { url: 'u' },
        error: null,
        started_at: 3,
        completed_at: 10,
      }),
      expect.objectContaining({ path: 'c', status: 'skipped' }),
    ]);
  });

  it('shows a step in doubt until it is resolved', () => {
    const entries: JournalEntry[] = [
      { type: 'step.started', path: 'p', at: 1, attempt: 1, effect: 'unsafe' },
      { type: 'step.in_doubt', path: 'p', at: 2, attempt: 1, reason: 'lost' },
    ];
    expect(stepViews(entries)[0]).toMatchObject({ status: 'in_doubt' });
    const resolution: JournalEntry = { type: 'step.resolved', path: 'p', at: 3, outcome: 'failed', by: 'u', error };
    expect(stepViews([...entries, resolution])[0]).toMatchObject({ status: 'failed', error });
  });
});

describe('stepIdOf', () => {
  it.each([
    ['send', 'send'],
    ['each[3].send', 'send'],
    ['each[3]', 'each'],
  ])('%s → %s', (path, id) => expect(stepIdOf(path)).toBe(id));
});
