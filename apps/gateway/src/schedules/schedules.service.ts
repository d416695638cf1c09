import {
  conflict,
  validationFailed,
  type BackfillDto,
  type BackfillAcceptedDto,
  type PauseScheduleDto,
  type ScheduleDto,
  type ScheduleFireDto,
} from '@app/contracts';
import { Overlap, type CronSchedule } from '@app/definition';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { cronRow, cronSchedule, settingsOf, type ScheduleRow } from './schedule-row.js';
import { ScheduleKeeper } from './schedule-keeper.service.js';
import {
  backfillSql,
  lockWorkflowSql,
  pauseSql,
  recentFiresSql,
  resumeSql,
  scheduleSql,
  waitingBackfillsSql,
} from './schedules.sql.js';

const DAY_MS = 86_400_000;
/** Fires that the answer shows. */
const RECENT = 20;
/** Most fires of one backfill. */
const MOST_BACKFILLED = 1_000;
/** Most backfills of one workflow that wait. */
const MOST_WAITING = 10_000;
/** How far back a backfill may go. What was fired is remembered for longer, so that nothing is fired twice. */
const BACKFILL_DAYS = 90;

interface FireRow extends Omit<ScheduleFireDto, 'scheduled_for'> {
  scheduled_for: Date;
}

/** The schedules of cron workflows, as their owners see and steer them. */
@Injectable()
export class SchedulesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keeper: ScheduleKeeper,
  ) {}

  /** @throws AppError NOT_FOUND, CONFLICT when no schedule starts the workflow */
  async get(userId: string, workflowId: string, count: number): Promise<ScheduleDto> {
    const { manager } = this.dataSource;
    const row = cronRow(await read(manager, userId, workflowId));
    const recent = await manager.query<FireRow[]>(recentFiresSql, [workflowId, RECENT]);
    const settings = settingsOf(row);
    return {
      workflow_id: row.id,
      ...settings,
      active: row.is_active,
      paused: row.paused_at !== null,
      paused_at: row.paused_at?.toISOString() ?? null,
      note: row.note,
      next: upcoming(cronSchedule(settings), row.now.getTime(), count),
      recent: recent.map((fire) => ({ ...fire, scheduled_for: fire.scheduled_for.toISOString() })),
    };
  }

  /** Nothing fires until it is resumed. Pausing it again changes the note. */
  async pause(userId: string, workflowId: string, { note }: PauseScheduleDto): Promise<void> {
    await this.change(userId, workflowId, (manager) => manager.query(pauseSql, [workflowId, note ?? null]));
  }

  /** Fires from now on. */
  async resume(userId: string, workflowId: string): Promise<void> {
    await this.change(userId, workflowId, (manager, row) => {
      const next = row.is_active ? cronSchedule(settingsOf(row)).next(row.now.getTime()) : undefined;
      return manager.query(resumeSql, [workflowId, next === undefined ? null : new Date(next)]);
    });
  }

  /** @throws AppError as `get`; VALIDATION_FAILED, CONFLICT when the workflow is inactive or too many wait already */
  async backfill(userId: string, workflowId: string, asked: BackfillDto): Promise<BackfillAcceptedDto> {
    let fires = 0;
    await this.change(userId, workflowId, async (manager, row) => {
      if (!row.is_active)
        throw conflict('The workflow is inactive: activate it first, and pause its schedule if need be.');
      const times = timesOf(cronSchedule(settingsOf(row)), asked, row.now.getTime());
      const [counted] = await manager.query<{ waiting: number }[]>(waitingBackfillsSql, [workflowId, MOST_WAITING]);
      if ((counted?.waiting ?? 0) + times.length > MOST_WAITING)
        throw conflict(`${MOST_WAITING} backfills of this workflow may wait at a time: let some of them run first.`);
      const overlap = asked.overlap ?? Overlap.Queue;
      const values = [workflowId, times.map((time) => new Date(time)), overlap];
      fires = (await manager.query<object[]>(backfillSql, values)).length;
    });
    return { fires };
  }

  private async change(
    userId: string,
    workflowId: string,
    write: (manager: EntityManager, row: ScheduleRow) => Promise<unknown>,
  ): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      cronRow(await read(manager, userId, workflowId));
      await manager.query(lockWorkflowSql, [workflowId]);
      const row = cronRow(await read(manager, userId, workflowId));
      // A workflow that was saved by an earlier release has no schedule yet.
      if (!row.is_known) await this.keeper.follow(manager, workflowId);
      await write(manager, row);
    });
    this.keeper.announce();
  }
}

async function read(manager: EntityManager, userId: string, workflowId: string): Promise<ScheduleRow | undefined> {
  const [row] = await manager.query<ScheduleRow[]>(scheduleSql, [workflowId, userId]);
  return row;
}

function upcoming(schedule: CronSchedule, now: number, count: number): ScheduleDto['next'] {
  return schedule.between(now, Infinity, count).map((fire) => ({
    scheduled_for: new Date(fire).toISOString(),
    local: schedule.zone.format3339(fire),
  }));
}

/** The times in [from, to] at which the line says to fire. */
function timesOf(schedule: CronSchedule, asked: BackfillDto, now: number): number[] {
  const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)];
  if (to > now) throw refused('to', 'must not lie in the future: the schedule fires by itself from now on');
  if (from > to) throw refused('from', 'must not be later than to');
  if (from < now - BACKFILL_DAYS * DAY_MS) throw refused('from', `may lie ${BACKFILL_DAYS} days back at most`);
  const times = schedule.between(from - 1, to, MOST_BACKFILLED + 1);
  if (times.length <= MOST_BACKFILLED) return times;
  throw refused('to', `holds more than ${MOST_BACKFILLED} fires: ask for a shorter time, one after the other`);
}

function refused(field: string, message: string): Error {
  return validationFailed([{ field, message }]);
}
