import { conflict, notFound } from '@app/contracts';
import { CronLineError, CronSchedule, CronTrigger } from '@app/definition';
import { plainToInstance } from 'class-transformer';

/** What `scheduleSql` answers with. */
export interface ScheduleRow {
  id: string;
  is_cron: boolean;
  is_active: boolean;
  trigger: object | null;
  /** Of the schedule; null when there is none yet. */
  cron: string | null;
  timezone: string | null;
  next_at: Date | null;
  paused_at: Date | null;
  note: string | null;
  is_known: boolean;
  now: Date;
}

/** The settings of a trigger with what was left out. */
export type CronSettings = Required<CronTrigger>;

export function settingsOf({ trigger }: Pick<ScheduleRow, 'trigger'>): CronSettings {
  // Each field that may be missing has a value of its own in the class.
  return plainToInstance(CronTrigger, trigger ?? {}) as CronSettings;
}

/** @throws AppError CONFLICT for a definition that was saved before cron lines were checked */
export function cronSchedule(settings: CronSettings): CronSchedule {
  try {
    return CronSchedule.of(settings);
  } catch (error) {
    if (!(error instanceof CronLineError || error instanceof RangeError || error instanceof TypeError)) throw error;
    throw conflict(`The trigger of this workflow says no time: ${error.message}. Correct config.trigger and save it.`);
  }
}

/** @throws AppError NOT_FOUND, CONFLICT when no schedule starts the workflow */
export function cronRow(row: ScheduleRow | undefined): ScheduleRow {
  if (row === undefined) throw notFound('workflow');
  if (row.is_cron) return row;
  throw conflict('No schedule starts this workflow: its trigger_type is not cron.');
}
