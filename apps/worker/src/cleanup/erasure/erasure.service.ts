import { ErasureConfig } from '@app/config';
import { AuditActorKind, newId } from '@app/contracts';
import { cancelRunsOfUsersSql, recordAudit } from '@app/database';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { BlobSweep } from '../blobs/blob-sweep.service.js';
import { inBatches, type CleanupRound } from '../cleanup-round.js';
import {
  beginErasureSql,
  dueAccountsSql,
  hasUnfinishedSql,
  removeAccountSql,
  revokeAccountsSql,
} from './accounts.sql.js';
import { actorIdsSql, eraseAuditSql } from './audit-trail.sql.js';
import { belongings } from './belongings.sql.js';
import { dropClaimsSql, eraseRunsSql } from './history.sql.js';

/** How long the engine has to end runs that were cancelled, in ms. */
const CANCEL_WITHIN_MS = 600_000;

interface EndedAccount {
  id: string;
  ended_at: Date;
  /** Whether it ended just now, and not in a round before. */
  is_new: boolean;
}

/**
 * Erases accounts that are due, with everything that they own. Each step is repeatable and removes what is left, so an
 * erasure that is interrupted anywhere goes on with the next round; the account's own row goes last.
 */
@Injectable()
export class ErasureService {
  constructor(
    private readonly config: ErasureConfig,
    private readonly bus: CommandBus<'worker'>,
    private readonly blobs: BlobSweep,
  ) {}

  /** @returns the accounts that are gone; others may need another round */
  async eraseDue(round: CleanupRound): Promise<string[]> {
    const { rows } = await round.client.query<{ id: string }>(dueAccountsSql, [this.config.graceMs, round.batchSize]);
    const erased: string[] = [];
    for (const { id } of rows) {
      if (round.signal.aborted) break;
      erased.push(...(await this.erase(round, id)));
    }
    return erased;
  }

  private async erase(round: CleanupRound, id: string): Promise<string[]> {
    const ended = await this.begin(round.client, id);
    const accounts = ended.map((account) => account.id);
    if (accounts.length === 0 || (await this.hasRuns(round, ended))) return [];
    await inBatches(round, eraseRunsSql, [accounts]);
    if (!(await this.blobs.removeAllOf(round, accounts))) return [];
    for (const statement of belongings) await inBatches(round, statement, [accounts]);
    const { rows: actors } = await round.client.query<{ id: string }>(actorIdsSql, [accounts]);
    const ids = actors.map((actor) => actor.id);
    await inBatches(round, eraseAuditSql, [accounts, ids]);
    if (round.signal.aborted) return [];
    await this.finish(round, accounts, ids);
    return accounts;
  }

  /** Nobody can sign in from here on. Empty when the person was quicker and withdrew. */
  private begin(client: PoolClient, id: string): Promise<EndedAccount[]> {
    return transaction(client, async () => {
      const { rows } = await client.query<EndedAccount>(beginErasureSql, [id, this.config.graceMs]);
      const accounts = rows.filter(({ is_new }) => is_new).map((account) => account.id);
      await client.query(revokeAccountsSql, [accounts.map(() => newId()), accounts]);
      return rows;
    });
  }

  /** Cancels what is under way. The engine alone ends runs, so they have some time for it. */
  private async hasRuns(round: CleanupRound, ended: readonly EndedAccount[]): Promise<boolean> {
    const accounts = ended.map(({ id }) => id);
    const cancelled = await inBatches(round, cancelRunsOfUsersSql, [accounts]);
    if (cancelled > 0) this.bus.publish('runs.waiting', { count: cancelled });
    const giveUpAt = Math.max(...ended.map(({ ended_at }) => ended_at.getTime())) + CANCEL_WITHIN_MS;
    if (Date.now() > giveUpAt) await inBatches(round, dropClaimsSql, [accounts]);
    const { rows } = await round.client.query<{ exists: boolean }>(hasUnfinishedSql, [accounts]);
    return rows[0]?.exists !== false;
  }

  /** The accounts' rows and the proof that it was done, in one transaction; what happened meanwhile goes along. */
  private async finish(round: CleanupRound, accounts: readonly string[], actors: readonly string[]): Promise<void> {
    const { client, batchSize } = round;
    await transaction(client, async () => {
      await client.query(eraseAuditSql, [accounts, actors, batchSize]);
      for (const id of accounts) {
        await client.query(removeAccountSql, [id]);
        const subject = { type: 'user', id };
        await recordAudit(client, { action: 'user.erased', actor: { kind: AuditActorKind.System }, subject });
      }
    });
  }
}

async function transaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
