import { newId } from '@app/contracts';
import { acceptRuns } from '@app/database';
import type { StepDefinition } from '@app/definition';
import { eventually } from '@app/testing';
import type { Pool } from 'pg';

const PATIENCE_MS = 60_000;

/** A run that is over, or waits for a person because of a doubt. */
export interface Ended {
  status: string;
  output: unknown;
  inDoubt: boolean;
}

/** Workflows and runs that are written straight to PostgreSQL, for proofs that need no gateway. */
export class DirectRuns {
  readonly userId = newId();

  constructor(readonly pool: Pool) {}

  /** Before anything else: the owner of everything. */
  async createOwner(): Promise<void> {
    const { userId } = this;
    await this.pool.query(`INSERT INTO users (id, email, name) VALUES ($1, $2, 'A')`, [
      userId,
      `${userId}@example.com`,
    ]);
  }

  /** An active workflow. Its trigger is an event when its config has one. */
  async createWorkflow(steps: StepDefinition[], config: Record<string, unknown> = {}): Promise<string> {
    const id = newId();
    const trigger = config.trigger === undefined ? 'manual' : 'event';
    await this.pool.query(
      `WITH w AS (INSERT INTO workflows (id, user_id, name, trigger_type, status, steps, config)
                  VALUES ($1, $2, 'w', $5, 'active', $3, $4))
       INSERT INTO workflow_versions (workflow_id, version, name, description, trigger_type, steps, config)
       VALUES ($1, 1, 'w', '', $5, $3, $4)`,
      [id, this.userId, JSON.stringify(steps), JSON.stringify(config), trigger],
    );
    return id;
  }

  /** Content of the owner, which no event has told of. */
  async createContent(): Promise<string> {
    const id = newId();
    await this.pool.query(`INSERT INTO content (id, user_id, type, title) VALUES ($1, $2, 'note', 'before')`, [
      id,
      this.userId,
    ]);
    return id;
  }

  /** Accepts a run of each workflow with the input {n: 21}, in one statement. */
  async acceptAll(workflowIds: readonly string[]): Promise<string[]> {
    const { userId } = this;
    const trigger = { type: 'manual' as const };
    const more = { correlationId: null, tags: [], needsActive: false, dedupeKey: null };
    const requests = workflowIds.map((workflowId) => ({ id: newId(), workflowId, userId, trigger, ...more }));
    await acceptRuns(
      this.pool,
      requests.map((request) => ({ ...request, inputJson: '{"n":21}' })),
    );
    return requests.map(({ id }) => id);
  }

  acceptMany(workflowId: string, count: number): Promise<string[]> {
    return this.acceptAll(Array.from({ length: count }, () => workflowId));
  }

  async accept(workflowId: string): Promise<string> {
    const [id] = await this.acceptMany(workflowId, 1);
    return id!;
  }

  /** The run that a run has started and waits for. */
  async childOf(runId: string): Promise<string> {
    return eventually(async () => {
      const { rows } = await this.pool.query<{ run_id: string }>('SELECT run_id FROM child_runs WHERE parent_id = $1', [
        runId,
      ]);
      return rows[0]?.run_id;
    }, PATIENCE);
  }

  /** Asks for the cancellation of a run, as a gateway does. */
  async cancel(runId: string): Promise<void> {
    await this.pool.query(
      'UPDATE claims SET cancel_requested_at = now(), run_at = now(), woken = true WHERE run_id = $1',
      [runId],
    );
  }

  /** The run once it is over, or waits for a person because of a doubt. */
  async endOf(runId: string): Promise<Ended> {
    return eventually(async () => {
      const ended = await this.look(runId);
      return ended !== undefined && (ended.inDoubt || isOver(ended)) ? ended : undefined;
    }, PATIENCE);
  }

  /** The run once it is over, whoever was asked meanwhile. */
  async overOf(runId: string): Promise<Ended> {
    return eventually(async () => {
      const ended = await this.look(runId);
      return ended !== undefined && isOver(ended) ? ended : undefined;
    }, PATIENCE);
  }

  /** Resolves when the run waits and nobody holds it. */
  async parked(runId: string): Promise<void> {
    await eventually(async () => {
      const { rows } = await this.pool.query(
        `SELECT FROM claims c JOIN workflow_runs r ON r.id = c.run_id
         WHERE c.run_id = $1 AND c.owner IS NULL AND r.status = 'waiting'`,
        [runId],
      );
      return rows.length === 1;
    }, PATIENCE);
  }

  private async look(runId: string): Promise<Ended | undefined> {
    const { rows } = await this.pool.query<Ended>(
      `SELECT r.status, r.output, coalesce(c.in_doubt AND c.owner IS NULL, false) AS "inDoubt"
       FROM workflow_runs r LEFT JOIN claims c ON c.run_id = r.id WHERE r.id = $1`,
      [runId],
    );
    return rows[0];
  }
}

const isOver = ({ status }: Ended): boolean => ['completed', 'failed', 'cancelled'].includes(status);

const PATIENCE = { timeoutMs: PATIENCE_MS, everyMs: 5 };
