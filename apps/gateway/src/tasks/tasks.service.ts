import {
  conflict,
  newId,
  notFound,
  type CompleteTaskDto,
  type ExternalTask,
  type FailTaskDto,
  type HeartbeatTaskDto,
  type JobResult,
  type PollTasksDto,
  type TaskDto,
  type TaskHeartbeatDto,
} from '@app/contracts';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { TaskWaits } from './task-waits.service.js';
import { endTaskSql, heartbeatTaskSql, pollTasksSql, returnTasksSql, taskStatusSql } from './tasks.sql.js';

interface TaskRow {
  id: string;
  payload: ExternalTask;
  lease: string;
  lease_until: Date;
}

/** Tasks for programs of the users' own. A task is a job whose worker is outside. */
@Injectable()
export class TasksService {
  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
    private readonly waits: TaskWaits,
  ) {}

  /**
   * Tasks for a program; none when there are none in time.
   * @param gone aborts when the program no longer waits: a task that nobody hears of would end in doubt
   */
  async poll(userId: string, wanted: PollTasksDto, gone: AbortSignal): Promise<TaskDto[]> {
    const giveUpAt = performance.now() + wanted.wait_ms;
    const wait = this.waits.open(userId, wanted.queues);
    try {
      for (;;) {
        const tasks = await this.take(userId, wanted, gone);
        const leftMs = giveUpAt - performance.now();
        if (tasks.length > 0 || leftMs <= 0 || gone.aborted || this.waits.areOver) return tasks;
        await wait.next(leftMs, gone);
      }
    } finally {
      wait.close();
    }
  }

  private async take(userId: string, wanted: PollTasksDto, gone: AbortSignal): Promise<TaskDto[]> {
    if (gone.aborted) return [];
    const lease = newId();
    const values = [userId, wanted.queues, wanted.limit, lease, wanted.lease_ms];
    const { rows } = await this.pool.query<TaskRow>({ name: 'poll-tasks', text: pollTasksSql, values });
    if (rows.length === 0 || !gone.aborted) return rows.map(toTask);
    await this.pool.query(returnTasksSql, [rows.map(({ id }) => id), lease]);
    this.waits.wake();
    return [];
  }

  /** @throws AppError NOT_FOUND, CONFLICT when the task is no longer this program's */
  async complete(userId: string, id: string, { lease, output }: CompleteTaskDto): Promise<void> {
    await this.end(userId, id, lease, 'succeeded', { success: true, data: output ?? null });
  }

  /** @throws AppError NOT_FOUND, CONFLICT when the task is no longer this program's */
  async fail(userId: string, id: string, { lease, message, retryable }: FailTaskDto): Promise<void> {
    const error = { code: 'TASK_FAILED', message, retryable };
    await this.end(userId, id, lease, 'failed', { success: false, error });
  }

  /** @throws AppError NOT_FOUND, CONFLICT when the task is no longer this program's */
  async heartbeat(userId: string, id: string, { lease, lease_ms }: HeartbeatTaskDto): Promise<TaskHeartbeatDto> {
    const values = [id, userId, lease, lease_ms];
    const { rows } = await this.pool.query<{ lease_until: Date; cancelled: boolean }>(heartbeatTaskSql, values);
    const [kept] = rows;
    if (kept === undefined) throw await this.lost(userId, id);
    return { id, lease_until: kept.lease_until.toISOString(), cancelled: kept.cancelled };
  }

  private async end(userId: string, id: string, lease: string, status: string, result: JobResult): Promise<void> {
    const values = [id, userId, lease, status, JSON.stringify(result)];
    const { rowCount } = await this.pool.query(endTaskSql, values);
    if (rowCount !== 1) throw await this.lost(userId, id);
    this.bus.publish('runs.waiting', { count: 1 });
  }

  private async lost(userId: string, id: string): Promise<Error> {
    const { rows } = await this.pool.query<{ status: string }>(taskStatusSql, [id, userId]);
    const [task] = rows;
    if (task === undefined) return notFound('task');
    const hint =
      task.status === 'in_doubt'
        ? 'the lease ran out, and its step is in doubt: POST /runs/:id/steps/:path/resolve says what became of it'
        : 'the lease ran out, or the task is over';
    return conflict(`The task is ${task.status} and not this program's: ${hint}.`);
  }
}

function toTask({ id, payload, lease, lease_until }: TaskRow): TaskDto {
  const { queue, input, idempotency_key, step } = payload;
  return { id, queue, input, ...step, idempotency_key, lease, lease_until: lease_until.toISOString() };
}
