import { CronSchedule } from '@app/definition';
import { describe, expect, it } from 'vitest';
import { planTurn, type QueuedFire, type ScheduleState, type TurnPlan } from './plan-turn.js';

const at = (time: string): number => Date.parse(`2026-06-01T${time}Z`);
const hourly = CronSchedule.of({ cron: '0 * * * *', timezone: 'UTC' });
const secondly = CronSchedule.of({ cron: '* * * * * *', timezone: 'UTC' });
const HOUR_MS = 3_600_000;

function plan(changes: Partial<ScheduleState>, now: number): TurnPlan {
  return planTurn(
    {
      schedule: hourly,
      overlap: 'skip',
      catchUp: 'last',
      windowMs: 24 * HOUR_MS,
      nextAt: at('10:00:00'),
      isPaused: false,
      mayFire: true,
      queued: [],
      hasUnfinished: false,
      ...changes,
    },
    now,
  );
}

/** `10:00 started`, `09:00 skipped late`. */
function shown({ decisions }: TurnPlan): string[] {
  return decisions.map((fire) => {
    const time = new Date(fire.at).toISOString().slice(11, 16);
    return [time, fire.kind === 'backfill' ? 'backfill' : '', fire.status, fire.reason ?? ''].filter(Boolean).join(' ');
  });
}

const waiting = (time: string, more: Partial<QueuedFire> = {}): QueuedFire => ({
  at: at(time),
  kind: 'fire',
  overlap: 'queue',
  ...more,
});

describe('catch_up', () => {
  it.each<[string, Partial<ScheduleState>, string, string[], string]>([
    ['none: in time', { catchUp: 'none' }, '10:00:59', ['10:00 started'], '11:00'],
    ['none: too late', { catchUp: 'none' }, '10:05:00', ['10:00 skipped late'], '11:00'],
    ['none: late and in time', { catchUp: 'none' }, '13:00:10', ['12:00 skipped late', '13:00 started'], '14:00'],
    ['last: too late, alone', { catchUp: 'last' }, '12:30:00', ['11:00 skipped late', '12:00 started'], '13:00'],
    ['last: late and in time', { catchUp: 'last' }, '13:00:10', ['12:00 skipped late', '13:00 started'], '14:00'],
    [
      'last: out of the window',
      { catchUp: 'last', windowMs: HOUR_MS / 4 },
      '10:20:00',
      ['10:00 skipped late'],
      '11:00',
    ],
    [
      'all: each, with overlap allow',
      { catchUp: 'all', overlap: 'allow' },
      '12:30:00',
      ['10:00 started', '11:00 started', '12:00 started'],
      '13:00',
    ],
    [
      'all: within the window',
      { catchUp: 'all', overlap: 'allow', windowMs: HOUR_MS },
      '12:30:00',
      ['11:00 skipped late', '12:00 started'],
      '13:00',
    ],
  ])('%s', (_, state, now, decisions, next) => {
    const made = plan(state, at(now));
    expect(shown(made)).toEqual(decisions);
    expect(new Date(made.nextAt ?? 0).toISOString().slice(11, 16)).toBe(next);
  });

  it('does nothing before the time', () => {
    expect(plan({}, at('09:59:59'))).toEqual({ decisions: [], cancelsUnfinished: false, nextAt: at('10:00:00') });
  });

  it.each(['none', 'last', 'all'] as const)('bounds what a week of seconds costs: %s', (catchUp) => {
    const now = at('10:00:00') + 7 * 24 * HOUR_MS;
    const made = plan({ schedule: secondly, catchUp, overlap: 'allow' }, now);
    expect(made.decisions.length).toBeLessThanOrEqual(101);
    expect(made.decisions.filter(({ status }) => status === 'started').length).toBeGreaterThan(0);
    if (catchUp === 'all') expect(made.nextAt).toBeLessThan(now);
    else expect(made.nextAt).toBe(now + 1_000);
  });
});

describe('overlap', () => {
  const three = { catchUp: 'all', nextAt: at('08:00:00') } as const;

  it.each<[string, Partial<ScheduleState>, string[], boolean]>([
    ['skip, free', { ...three }, ['08:00 started', '09:00 skipped overlap', '10:00 skipped overlap'], false],
    ['skip, busy', { hasUnfinished: true }, ['10:00 skipped overlap'], false],
    ['allow, busy', { overlap: 'allow', hasUnfinished: true }, ['10:00 started'], false],
    ['queue, free', { ...three, overlap: 'queue' }, ['08:00 started', '09:00 queued', '10:00 queued'], false],
    ['queue, busy', { overlap: 'queue', hasUnfinished: true }, ['10:00 queued'], false],
    [
      'queue, behind one that waits',
      { overlap: 'queue', queued: [waiting('09:00:00')] },
      ['09:00 started', '10:00 queued'],
      false,
    ],
    [
      'cancel, free',
      { ...three, overlap: 'cancel' },
      ['08:00 skipped superseded', '09:00 skipped superseded', '10:00 started'],
      false,
    ],
    ['cancel, busy', { overlap: 'cancel', hasUnfinished: true }, ['10:00 queued'], true],
    [
      'cancel, busy, one waits',
      { overlap: 'cancel', hasUnfinished: true, queued: [waiting('09:00:00', { overlap: 'cancel' })] },
      ['09:00 skipped superseded', '10:00 queued'],
      true,
    ],
  ])('%s', (_, state, decisions, cancels) => {
    const made = plan(state, at('10:00:01'));
    expect(shown(made)).toEqual(decisions);
    expect(made.cancelsUnfinished).toBe(cancels);
  });

  it('lets a hundred wait', () => {
    const queued = Array.from({ length: 99 }, (_, i) => waiting('08:00:00', { at: at('08:00:00') + i * 1_000 }));
    const state = { overlap: 'queue', catchUp: 'all', nextAt: at('09:00:00'), queued, hasUnfinished: true } as const;
    expect(shown(plan(state, at('10:00:01')))).toEqual(['09:00 queued', '10:00 skipped queue_full']);
  });
});

describe('fires that wait', () => {
  const notDue = { nextAt: at('11:00:00') };

  it.each<[string, Partial<ScheduleState>, string[]]>([
    ['one starts when nothing is under way', { queued: [waiting('08:00:00'), waiting('09:00:00')] }, ['08:00 started']],
    ['none while something is', { queued: [waiting('08:00:00')], hasUnfinished: true }, []],
    ['none while paused', { queued: [waiting('08:00:00')], isPaused: true }, []],
    [
      'backfills also while paused',
      { queued: [waiting('08:00:00'), waiting('09:00:00', { kind: 'backfill' })], isPaused: true },
      ['09:00 backfill started'],
    ],
    [
      'all at once with allow, busy or not',
      {
        queued: ['08:00:00', '09:00:00'].map((time) => waiting(time, { kind: 'backfill', overlap: 'allow' })),
        hasUnfinished: true,
      },
      ['08:00 backfill started', '09:00 backfill started'],
    ],
    [
      'all are given up when it may not fire',
      { queued: [waiting('08:00:00')], mayFire: false },
      ['08:00 skipped stopped'],
    ],
  ])('%s', (_, state, decisions) => {
    expect(shown(plan({ ...notDue, ...state }, at('10:00:01')))).toEqual(decisions);
  });

  it('a time that waits as a backfill is not fired twice', () => {
    const queued = [waiting('10:00:00', { kind: 'backfill' })];
    expect(shown(plan({ queued }, at('10:00:01')))).toEqual(['10:00 backfill started']);
  });
});

describe('a schedule that may not fire', () => {
  it('goes on without its fires', () => {
    const made = plan({ mayFire: false }, at('12:30:00'));
    expect(made).toEqual({ decisions: [], cancelsUnfinished: false, nextAt: at('13:00:00') });
  });
});
