import { Cron } from 'croner';

/** The nicknames of crontab(5) except @reboot, which names no time. */
const nicknames: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const FIELD = /^[0-9A-Za-z*,/#-]+$/;
const SECOND_MS = 1_000;

/** A cron line that cannot be read, and why. */
export class CronLineError extends Error {
  override name = 'CronLineError';
}

/**
 * A cron line of crontab(5), by the calendar alone: it knows no zone and no offset. Five fields (minute, hour, day of
 * month, month, day of week), or six with seconds first; names, ranges, steps, lists, nicknames, and L, W and # for
 * days. A line that restricts both kinds of days fires on either; a field that begins with `*` restricts nothing by
 * itself.
 */
export class CronLine {
  private constructor(
    private readonly cron: Cron,
    /**
     * Whether it runs so often that it follows the clock when the zone's offset changes: every hour, or by seconds or
     * minutes written with `*`. All others name times of the day, and are looked after (cron(8), local time changes).
     */
    readonly followsClock: boolean,
  ) {}

  /** @throws CronLineError */
  static parse(text: string): CronLine {
    const written = text.trim();
    const nickname = written.toLowerCase();
    const line = (Object.hasOwn(nicknames, nickname) ? nicknames[nickname] : undefined) ?? written;
    if (line.startsWith('@')) {
      throw new CronLineError(`${line} is not known: known are ${Object.keys(nicknames).join(', ')}`);
    }
    const fields = line.split(/\s+/);
    if (fields.length < 5 || fields.length > 6) throw new CronLineError(`has ${fields.length} fields`);
    const strange = fields.find((field) => !FIELD.test(field));
    if (strange !== undefined) throw new CronLineError(`'${strange}' holds a character that means nothing there`);
    const [seconds = '0', minutes = '', hours = '', days = '', , weekdays = ''] =
      fields.length === 6 ? fields : ['0', ...fields];
    // crontab(5) takes */2 for unrestricted too: such a line fires on days that match both fields.
    const domAndDow = days.startsWith('*') || weekdays.startsWith('*');
    try {
      const cron = new Cron(fields.join(' '), { utcOffset: 0, domAndDow, paused: true });
      const isFrequent = seconds.startsWith('*') || minutes.startsWith('*');
      return new CronLine(cron, isFrequent || everyHour(hours));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CronLineError(reason.replace(/^CronPattern: /, ''));
    }
  }

  /**
   * The first time after this one that the line names; undefined when there is none, ever.
   * @param afterMs a time of the calendar, in ms since 1970 as if the calendar were UTC's
   */
  nextOnCalendar(afterMs: number): number | undefined {
    // Fires are whole seconds; what the library does with fractions of one is not its documentation's promise.
    const second = Math.floor(afterMs / SECOND_MS) * SECOND_MS;
    return this.cron.nextRun(new Date(second))?.getTime();
  }
}

function everyHour(field: string): boolean {
  return field === '*' || field === '*/1' || field === '0-23' || field === '0-23/1';
}
