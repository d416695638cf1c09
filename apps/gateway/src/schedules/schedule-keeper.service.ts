import type { CronSchedule } from '@app/definition';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { cronSchedule, settingsOf, type ScheduleRow } from './schedule-row.js';
import { keepScheduleSql, scheduleSql, stopScheduleSql } from './schedules.sql.js';

/** Keeps the schedule of a workflow in step with its definition and its status. */
@Injectable()
export class ScheduleKeeper {
  constructor(private readonly bus: CommandBus<'gateway'>) {}

  /**
   * To be called in the transaction of each write to a workflow, after it: both are there or neither. The workflow's row
   * is held by that write, so no two of these meet.
   * @throws AppError CONFLICT for a definition that was saved before cron lines were checked
   */
  async follow(manager: EntityManager, workflowId: string): Promise<void> {
    const [row] = await manager.query<ScheduleRow[]>(scheduleSql, [workflowId, null]);
    if (row === undefined || (!row.is_cron && !row.is_known)) return;
    if (!row.is_cron || !row.is_active) await manager.query(stopScheduleSql, [workflowId]);
    if (!row.is_cron) return;
    const settings = settingsOf(row);
    const schedule = cronSchedule(settings);
    const { cron, timezone, overlap, catch_up, catch_up_window_s } = settings;
    const nextAt = row.is_active ? nextOf(row, schedule) : null;
    const values = [workflowId, cron, timezone, overlap, catch_up, catch_up_window_s, nextAt];
    await manager.query(keepScheduleSql, values);
  }

  /** Tells the workflow service to look; once the write is committed. */
  announce(): void {
    this.bus.publish('schedule.changed', { count: 1 });
  }
}

/** The next time from now on; a fire that is due already stays due unless the line says other times now. */
function nextOf(row: ScheduleRow, schedule: CronSchedule): Date | null {
  const settings = settingsOf(row);
  if (row.next_at !== null && row.cron === settings.cron && row.timezone === settings.timezone) return row.next_at;
  const next = schedule.next(row.now.getTime());
  return next === undefined ? null : new Date(next);
}
