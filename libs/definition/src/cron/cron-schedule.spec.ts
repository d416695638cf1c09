import { describe, expect, it } from 'vitest';
import { seededRandom } from '../expressions/seeded-random.js';
import { CronLine } from './cron-line.js';
import { CronSchedule } from './cron-schedule.js';
import { TimeZone } from './time-zone.js';

/** A line in a zone, a time, and the fires after it as the zone's clocks show them. */
type Row = [zone: string, cron: string, after: string, fires: string[]];

function fires(zone: string, cron: string, after: string, count: number): string[] {
  const schedule = CronSchedule.of({ cron, timezone: zone });
  return schedule.between(Date.parse(after), Infinity, count).map((fire) => schedule.zone.format3339(fire));
}

function check([zone, cron, after, expected]: Row): void {
  expect(fires(zone, cron, after, expected.length)).toEqual(expected);
}

describe('a line that names times of the day (cron(8): local time changes)', () => {
  it.each<Row>([
    // A skipped hour: right after the change, on the same day.
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2026-03-27T12:00:00Z',
      ['2026-03-28T02:30:00+01:00', '2026-03-29T03:00:00+02:00', '2026-03-30T02:30:00+02:00'],
    ],
    [
      'America/New_York',
      '0 2 * * SUN',
      '2026-03-01T12:00:00Z',
      ['2026-03-08T03:00:00-04:00', '2026-03-15T02:00:00-04:00'],
    ],
    ['Australia/Lord_Howe', '15 2 4 10 *', '2026-01-01T00:00:00Z', ['2026-10-04T02:30:00+11:00']],
    [
      'America/Sao_Paulo',
      '0 0 * * *',
      '2018-11-03T12:00:00Z',
      ['2018-11-04T01:00:00-02:00', '2018-11-05T00:00:00-02:00'],
    ],
    ['Africa/Cairo', '30 0 * * *', '2026-04-23T12:00:00Z', ['2026-04-24T01:00:00+03:00', '2026-04-25T00:30:00+03:00']],
    // Several times in the skipped hour are one fire, also when the line names the moment after it.
    [
      'Europe/Berlin',
      '0,15,59 2,3 29 3 *',
      '2026-01-01T00:00:00Z',
      ['2026-03-29T03:00:00+02:00', '2026-03-29T03:15:00+02:00', '2026-03-29T03:59:00+02:00'],
    ],
    // Every second hour is a granularity greater than one hour.
    [
      'Europe/Berlin',
      '0 */2 * * *',
      '2026-03-28T23:30:00Z',
      ['2026-03-29T03:00:00+02:00', '2026-03-29T04:00:00+02:00'],
    ],
    // With seconds.
    ['Europe/Berlin', '59 59 2 29 3 *', '2026-01-01T00:00:00Z', ['2026-03-29T03:00:00+02:00']],
    // A repeated hour: the first time only.
    ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00:00Z', ['2026-10-25T02:30:00+02:00', '2026-10-26T02:30:00+01:00']],
    ['Europe/Berlin', '30 2 * * *', '2026-10-25T00:30:00Z', ['2026-10-26T02:30:00+01:00']],
    ['Europe/Berlin', '30 2 * * *', '2026-10-25T01:10:00Z', ['2026-10-26T02:30:00+01:00']],
    ['Europe/Berlin', '0 3 * * *', '2026-10-25T01:10:00Z', ['2026-10-25T03:00:00+01:00']],
    [
      'America/New_York',
      '0 1 * * *',
      '2026-11-01T04:00:00Z',
      ['2026-11-01T01:00:00-04:00', '2026-11-02T01:00:00-05:00'],
    ],
    [
      'Australia/Lord_Howe',
      '45 1 * * *',
      '2026-04-04T12:00:00Z',
      ['2026-04-05T01:45:00+11:00', '2026-04-06T01:45:00+10:30'],
    ],
    [
      'America/Sao_Paulo',
      '30 23 * * *',
      '2019-02-16T12:00:00Z',
      ['2019-02-16T23:30:00-02:00', '2019-02-17T23:30:00-03:00'],
    ],
    // No change of the clocks at all.
    ['Asia/Kolkata', '30 5 * * *', '2026-03-28T00:00:00Z', ['2026-03-29T05:30:00+05:30', '2026-03-30T05:30:00+05:30']],
    // More than three hours is a correction: the 30th of December 2011 did not exist in Apia.
    ['Pacific/Apia', '0 9 * * *', '2011-12-28T20:00:00Z', ['2011-12-29T09:00:00-10:00', '2011-12-31T09:00:00+14:00']],
  ])('%s: %s', (...row) => check(row));
});

describe('a line that follows the clock', () => {
  it.each<Row>([
    [
      'Europe/Berlin',
      '*/30 * * * *',
      '2026-03-29T00:29:59Z',
      ['2026-03-29T01:30:00+01:00', '2026-03-29T03:00:00+02:00', '2026-03-29T03:30:00+02:00'],
    ],
    ['Europe/Berlin', '*/30 2 * * *', '2026-03-28T12:00:00Z', ['2026-03-30T02:00:00+02:00']],
    [
      'Europe/Berlin',
      '*/30 2 25 10 *',
      '2026-01-01T00:00:00Z',
      [
        '2026-10-25T02:00:00+02:00',
        '2026-10-25T02:30:00+02:00',
        '2026-10-25T02:00:00+01:00',
        '2026-10-25T02:30:00+01:00',
        '2027-10-25T02:00:00+02:00',
      ],
    ],
    [
      'Europe/Berlin',
      '@hourly',
      '2026-10-24T23:59:00Z',
      ['2026-10-25T02:00:00+02:00', '2026-10-25T02:00:00+01:00', '2026-10-25T03:00:00+01:00'],
    ],
    ['Europe/Berlin', '5 * * * *', '2026-03-29T00:10:00Z', ['2026-03-29T03:05:00+02:00']],
    [
      'Australia/Lord_Howe',
      '40 * * * *',
      '2026-04-04T14:00:00Z',
      ['2026-04-05T01:40:00+11:00', '2026-04-05T01:40:00+10:30', '2026-04-05T02:40:00+10:30'],
    ],
    [
      'Europe/Berlin',
      '* * * * * *',
      '2026-03-29T00:59:58Z',
      ['2026-03-29T01:59:59+01:00', '2026-03-29T03:00:00+02:00'],
    ],
  ])('%s: %s', (...row) => check(row));
});

describe('what a line may say', () => {
  it.each<[cron: string, fires: string[]]>([
    ['0 0 1 * MON', ['01-05', '01-12', '01-19', '01-26', '02-01']],
    ['0 0 */10 * MON', ['05-11', '06-01']],
    ['0 0 * * sun,7', ['01-04', '01-11']],
    ['0 0 1-10/3 feb-Mar *', ['02-01', '02-04', '02-07', '02-10', '03-01']],
    ['@monthly', ['02-01', '03-01']],
    ['0 0 L * *', ['01-31', '02-28']],
    ['0 0 15W * *', ['01-15', '02-16']],
    ['0 0 * * FRI#2', ['01-09', '02-13']],
    ['0 0 * * 5L', ['01-30', '02-27']],
    ['  0   0  3 * * ', ['01-03']],
  ])('%s', (cron, days) => {
    const shown = fires('UTC', cron, '2026-01-01T00:00:00Z', days.length);
    expect(shown).toEqual(days.map((day) => `2026-${day}T00:00:00+00:00`));
  });

  it('knows leap years, those of centuries too', () => {
    const leap = fires('Europe/Berlin', '0 12 29 2 *', '2092-03-01T00:00:00Z', 3);
    expect(leap.map((fire) => fire.slice(0, 10))).toEqual(['2096-02-29', '2104-02-29', '2108-02-29']);
  });

  it.each([
    ['', /fields/],
    ['* * * *', /4 fields/],
    ['* * * * * * 2027', /7 fields/],
    ['2026-03-01T00:00:00', /fields/],
    ['60 * * * *', /minute/],
    ['* 24 * * *', /hour/],
    ['0 22-2 * * *', /From value/],
    ['? * * * *', /means nothing/],
    ['0 0 1 * +MON', /means nothing/],
    ['5/10 * * * *', /stepping/],
    ['@reboot', /@reboot is not known/],
    ['@fortnightly', /not known/],
  ])('cannot read %j', (cron, reason) => {
    expect(() => CronLine.parse(cron)).toThrow(reason);
  });

  it.each(['0 0 30 2 *', '0 0 31 2,4,6,9,11 *', '0 0 30W 2 *'])('%s never fires', (cron) => {
    expect(CronLine.parse(cron).nextOnCalendar(0)).toBeUndefined();
    expect(CronSchedule.of({ cron, timezone: 'Europe/Berlin' }).next(0)).toBeUndefined();
    expect(CronSchedule.of({ cron, timezone: 'Europe/Berlin' }).last(0, Date.UTC(2030, 0))).toBeUndefined();
  });
});

describe('a zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'Asia/Calcutta', 'EST5EDT'])('%s exists', (name) => {
    expect(TimeZone.of(name)?.name).toBe(name);
  });
  it.each(['', '+02:00', 'Mars/Olympus', 'Europe/Berlin ', 'local'])('%j does not', (name) => {
    expect(TimeZone.of(name)).toBeUndefined();
  });

  it('is the same for everybody, and says the same whatever it was asked before', () => {
    const random = seededRandom('zone');
    const [from, to] = [Date.UTC(2023, 0), Date.UTC(2028, 0)];
    for (const name of ['Europe/Berlin', 'Africa/Casablanca', 'Australia/Lord_Howe', 'Asia/Tokyo']) {
      const zone = TimeZone.of(name) as TimeZone;
      const offset = offsetsOf(name);
      for (let times = 0; times < 500; times++) {
        const at = Math.floor(from + random() * (to - from));
        const until = at + Math.floor(random() * 40) * 86_400_000;
        const change = zone.changeBetween(at, until);
        expect([zone.offsetAt(at), zone.offsetAt(until)]).toEqual([offset(at), offset(until)]);
        expect(TimeZone.of(name)).toBe(zone);
        if (change === undefined) {
          expect(offset(until)).toBe(offset(at));
          continue;
        }
        expect(offset(change - 1)).toBe(offset(at));
        expect(offset(change)).not.toBe(offset(at));
      }
    }
  });

  it('is forgotten when it is one of many', () => {
    const kept = TimeZone.of('Europe/Berlin');
    for (const name of Intl.supportedValuesOf('timeZone')) TimeZone.of(name);
    expect(TimeZone.of('Europe/Berlin')).not.toBe(kept);
  });

  /** Offsets in ms, as the runtime writes them. */
  function offsetsOf(timeZone: string): (at: number) => number {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    return (at) => {
      const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d+):(\d+))?$/.exec(format.format(at)) ?? [];
      return (sign === '-' ? -60_000 : 60_000) * (Number(hours) * 60 + Number(minutes));
    };
  }
});

describe('fires of any line', () => {
  const HOUR_MS = 3_600_000;
  const zones: [timezone: string, year: number][] = [
    ['Europe/Berlin', 2026],
    ['America/New_York', 2026],
    ['Australia/Lord_Howe', 2026],
    ['Africa/Cairo', 2026],
    ['Africa/Casablanca', 2026],
    ['America/Sao_Paulo', 2018],
    ['Pacific/Apia', 2011],
  ];
  const lines = [
    '*/20 * * * *',
    '17 * * * *',
    '30 2 * * *',
    '0 0 * * *',
    '0,45 1-3 * * *',
    '7 */5 * * *',
    '15 30 2 * * *',
  ];
  const cases = zones.flatMap(([timezone, year]) => lines.map((cron) => ({ timezone, year, cron })));

  it.each(cases)(
    '$timezone $cron: found from wherever one starts, each once and in order',
    ({ timezone, year, cron }) => {
      const schedule = CronSchedule.of({ timezone, cron });
      for (const [month, day] of changes(schedule.zone, year)) {
        const [from, to] = [Date.UTC(year, month, day - 2), Date.UTC(year, month, day + 3)];
        const together = schedule.between(from, to, 10_000);
        expect(together).toEqual([...new Set(together)].sort((a, b) => a - b));
        for (let at = from; at < to; at += 2 * HOUR_MS + 7 * 60_000 + 7) {
          const next = schedule.next(at) ?? Infinity;
          expect(next).toBeGreaterThan(at);
          expect(together.find((fire) => fire > at)).toBe(next <= to ? next : undefined);
          expect(schedule.last(from, at)).toBe(together.findLast((fire) => fire <= at));
        }
        const longest = Math.max(...together.slice(1).map((fire, index) => fire - (together[index] ?? 0)));
        expect(longest).toBeLessThanOrEqual((timezone === 'Pacific/Apia' && month === 11 ? 49 : 25) * HOUR_MS);
      }
    },
  );

  /** Days of a year (month from 0) on which the zone's offset changes, or one that is like any other. */
  function changes(zone: TimeZone, year: number): [month: number, day: number][] {
    const found: [number, number][] = [];
    for (let day = 1; day <= 365; day++) {
      const change = zone.changeBetween(Date.UTC(year, 0, day), Date.UTC(year, 0, day + 1));
      if (change !== undefined) found.push([new Date(change).getUTCMonth(), new Date(change).getUTCDate()]);
    }
    return found.length > 0 ? found : [[5, 15]];
  }
});
