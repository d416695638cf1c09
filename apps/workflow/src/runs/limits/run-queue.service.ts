import { inTransaction } from '@app/database';
import { SlotScope, type CompiledLimits } from '@app/definition';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { crashPoint } from '../../crash-points/crash-points.service.js';
import type { ClaimRoom } from '../claim/claim-room.js';
import { claimedRun, type ClaimedRun, type ClaimRow } from '../claim/claimed-run.js';
import { enterQueueSql } from './enter-queue.sql.js';
import { letInSql, postponeSql, removeFreedSql, takeLimitedSql } from './let-in.sql.js';
import { hasBegun, type LimitKeys } from './limit-keys.js';

/** A run that was claimed and has to ask. */
export interface LimitedRun {
  run: ClaimedRun;
  limits: CompiledLimits;
  keys: LimitKeys;
}

/** The queues of workflows that limit their runs: runs that were claimed wait in them until they are let in. */
@Injectable()
export class RunQueue {
  private isWanted = true;

  constructor(private readonly pool: Pool) {}

  /** Somebody waits, or a slot is free. */
  want(): void {
    this.isWanted = true;
  }

  /**
   * Puts claimed runs into their queues; their claims are given up.
   * @returns those that go on at once, because they kept their slots
   */
  async enter(owner: string, limited: readonly LimitedRun[]): Promise<ClaimedRun[]> {
    crashPoint('queue.before');
    const { rows } = await this.pool.query<{ run_id: string }>({
      name: 'enter-queue',
      text: enterQueueSql,
      values: [
        owner,
        limited.map(({ run }) => run.runId),
        limited.map(({ run }) => run.epoch),
        limited.map(({ keys }) => keys.slotKey),
        limited.map(({ keys }) => keys.rateKey),
        limited.map(({ run }) => hasBegun(run)),
        JSON.stringify(settingsOf(limited)),
      ],
    });
    crashPoint('queue.after');
    this.want();
    const resumed = new Set(rows.map(({ run_id }) => run_id));
    return limited.flatMap(({ run }) => (resumed.has(run.runId) ? [run] : []));
  }

  /**
   * Lets runs of one workflow in and claims them for `owner`.
   * @returns undefined when there is no workflow to look at; that is asked when somebody wants it, or found something to let in.
   */
  async letIn(owner: string, { most, ofOthers, ofHeld }: ClaimRoom): Promise<ClaimedRun[] | undefined> {
    if (!this.isWanted) return undefined;
    this.isWanted = false;
    const full = [...ofHeld].filter(([, room]) => room === 0).map(([user]) => user);
    const failing: string[] = [];
    const rows = await inTransaction(this.pool, async (client) => {
      const taken = await client.query<{ workflow_id: string; user_id: string }>({
        name: 'take-limited',
        text: takeLimitedSql,
        values: [full],
      });
      const [workflow] = taken.rows;
      if (workflow === undefined) return undefined;
      failing.push(workflow.workflow_id);
      await client.query({ name: 'remove-freed', text: removeFreedSql, values: [workflow.workflow_id] });
      const count = Math.min(most, ofHeld.get(workflow.user_id) ?? ofOthers);
      const values = [owner, workflow.workflow_id, count];
      crashPoint('slot.before');
      return (await client.query<ClaimRow>({ name: 'let-in', text: letInSql, values })).rows;
    }).catch(async (error: unknown) => {
      // The others have their turns before it is tried again.
      await this.pool.query(postponeSql, [failing]);
      throw error;
    });
    if (rows === undefined) return undefined;
    this.isWanted = true;
    if (rows.length > 0) crashPoint('slot.after');
    return rows.map((row) => claimedRun(row, owner));
  }
}

/** One for each workflow: those of the newest version that is there. */
function settingsOf(limited: readonly LimitedRun[]): object[] {
  const newest = new Map<string, LimitedRun>();
  for (const one of limited) {
    const known = newest.get(one.run.workflowId);
    if (known === undefined || known.run.version < one.run.version) newest.set(one.run.workflowId, one);
  }
  return [...newest.values()].map(({ run, limits: { concurrency, rate, graceMs } }) => ({
    workflow_id: run.workflowId,
    user_id: run.userId,
    version: run.version,
    max: concurrency?.max ?? null,
    stays: concurrency?.scope === SlotScope.Run,
    grace_ms: graceMs,
    rate_max: rate?.max ?? null,
    per_ms: rate?.perMs ?? null,
  }));
}
