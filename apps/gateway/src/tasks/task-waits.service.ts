import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Pool } from 'pg';
import { TaskWait } from './task-wait.js';
import { waitingTasksSql } from './tasks.sql.js';

/** Longest pause between two looks, in ms, and the shortest however many messages come. */
const LOOK_EVERY_MS = 500;
const LOOK_GAP_MS = 10;

interface Wanted {
  userId: string;
  queue: string;
  waits: TaskWait[];
}

/**
 * Programs that wait for a task. The workflow service says when it has made some; what it says may be lost, and tasks come
 * back to their queues by time, too. So this process also looks by itself: one statement for all who wait, however many.
 */
@Injectable()
export class TaskWaits implements OnApplicationBootstrap {
  private readonly waits = new Set<TaskWait>();
  private readonly looking: Periodic;
  private isOver = false;

  constructor(
    private readonly pool: Pool,
    shutdown: GracefulShutdown,
  ) {
    const log = new Logger(TaskWaits.name);
    const pauses = { everyMs: LOOK_EVERY_MS, gapMs: LOOK_GAP_MS };
    this.looking = new Periodic({
      name: 'Looking for tasks',
      ...pauses,
      task: () => this.look(),
      unasked: () => this.waits.size > 0,
      log,
    });
    shutdown.add(ShutdownPhase.StopTaking, 'waits for tasks', () => this.end());
  }

  onApplicationBootstrap(): void {
    this.looking.start();
  }

  /** Whether this process ends: nobody is to wait here any longer. */
  get areOver(): boolean {
    return this.isOver;
  }

  /** Begins to watch queues of a user. Do it before looking into them: then a task that comes meanwhile is not missed. */
  open(userId: string, queues: readonly string[]): TaskWait {
    const wait = new TaskWait(userId, queues, (closed) => this.waits.delete(closed));
    this.waits.add(wait);
    if (this.waits.size === 1) this.looking.wake();
    return wait;
  }

  /** There may be tasks. */
  wake(): void {
    if (this.waits.size > 0) this.looking.wake();
  }

  /** Wakes as many as there are tasks for, those who have waited longest first: the others would find nothing. */
  private async look(): Promise<void> {
    if (this.waits.size === 0) return;
    const wanted = this.wanted();
    const values = [
      wanted.map(({ userId }) => userId),
      wanted.map(({ queue }) => queue),
      wanted.map(({ waits }) => waits.length),
    ];
    const { rows } = await this.pool.query<{ place: number; tasks: number }>({
      name: 'waiting-tasks',
      text: waitingTasksSql,
      values,
    });
    for (const { place, tasks } of rows) for (const wait of wanted[place]?.waits.slice(0, tasks) ?? []) wait.wake();
  }

  /** The queues that somebody waits for, each once. */
  private wanted(): Wanted[] {
    const wanted = new Map<string, Wanted>();
    for (const wait of this.waits) {
      for (const queue of wait.queues) {
        const key = `${wait.userId} ${queue}`;
        const known = wanted.get(key) ?? { userId: wait.userId, queue, waits: [] };
        wanted.set(key, known);
        known.waits.push(wait);
      }
    }
    return [...wanted.values()];
  }

  private async end(): Promise<void> {
    this.isOver = true;
    for (const wait of this.waits) wait.wake();
    await this.looking.stop();
  }
}
