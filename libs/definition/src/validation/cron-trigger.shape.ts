import { IsIn, IsInt, IsOptional, Max, MaxLength, Min, ValidateBy } from 'class-validator';
import { schemaHint } from '../json-schema/schema-hint.js';
import { CronLine, CronLineError } from '../cron/cron-line.js';
import { TimeZone } from '../cron/time-zone.js';

/** What happens to a fire while a run that the schedule started is unfinished. */
export const Overlap = {
  /** It starts no run. */
  Skip: 'skip',
  /** It waits until the earlier runs are over. */
  Queue: 'queue',
  /** It starts its run all the same. */
  Allow: 'allow',
  /** The earlier runs are cancelled, and it starts as soon as they are over. */
  Cancel: 'cancel',
} as const;
export type Overlap = (typeof Overlap)[keyof typeof Overlap];

/** What happens to the fires that nobody could start in time. */
export const CatchUp = { None: 'none', Last: 'last', All: 'all' } as const;
export type CatchUp = (typeof CatchUp)[keyof typeof CatchUp];

const DAY_S = 86_400;
const REMEDY =
  'write minute, hour, day of month, month and day of week, like 30 6 * * MON-FRI, or six with seconds first';
/** The calendar repeats itself after 400 years and no line names a year, so one start is as good as any other. */
const ANY_TIME = Date.UTC(2000, 0, 1);

/** `config.trigger` of a workflow that a schedule starts. */
export class CronTrigger {
  /** When it fires: a line of crontab(5). */
  @ValidateBy(
    {
      name: 'isCronLine',
      validator: {
        validate: (value) => mistakeIn(value) === undefined,
        defaultMessage: (args) => mistakeIn(args?.value) ?? '',
      },
    },
    schemaHint({ schema: { type: 'string' } }),
  )
  @MaxLength(255)
  cron: string;

  /** The IANA zone whose clocks the line is about. */
  @IsOptional()
  @ValidateBy(
    {
      name: 'isTimeZone',
      validator: {
        validate: (value) => typeof value === 'string' && TimeZone.of(value) !== undefined,
        defaultMessage: () => 'must be the name of an IANA zone, like Europe/Berlin or UTC',
      },
    },
    schemaHint({ schema: { type: 'string' } }),
  )
  timezone?: string = 'UTC';

  @IsOptional()
  @IsIn(Object.values(Overlap))
  overlap?: Overlap = Overlap.Skip;

  @IsOptional()
  @IsIn(Object.values(CatchUp))
  catch_up?: CatchUp = CatchUp.Last;

  /** How late a fire may be caught up, in seconds. */
  @IsOptional()
  @IsInt()
  @Min(60)
  @Max(30 * DAY_S)
  catch_up_window_s?: number = DAY_S;
}

/** What keeps a value from being a line that fires, and how to mend it. */
function mistakeIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be a text: ${REMEDY}`;
  try {
    const fires = CronLine.parse(value).nextOnCalendar(ANY_TIME) !== undefined;
    return fires ? undefined : 'never fires: no month has such a day; correct the day of the month or the month';
  } catch (error) {
    if (error instanceof CronLineError) return `cannot be read: ${error.message}; ${REMEDY}`;
    throw error;
  }
}
