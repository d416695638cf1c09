import { BoundsConfig, HttpConfig } from '@app/config';
import { notFound } from '@app/contracts';
import { BatchedLookup } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { LruMap } from '../http/lru-map.js';
import { hookPlan, type HookPlan } from './hook-plan.js';
import { hooksSql } from './hooks.sql.js';

/** An open hook, as it was when it was looked up: where its deliveries go and what they have to fulfil. */
export interface Hook {
  token: string;
  workflowId: string;
  version: number;
  userId: string;
  plan: HookPlan;
  /** What deliveries are verified with, as it is stored: whoever needs the value opens it. Null when there is none. */
  sealedSecret: string | null;
  /** The verify token of the sender's question, in the same way. */
  sealedChallenge: string | null;
  /** Characters that were read. */
  size: number;
}

interface HookRow {
  token: string;
  workflow_id: string;
  version: number;
  user_id: string;
  trigger: object;
  sealed_secret: string | null;
  sealed_challenge: string | null;
}

/** What a token is written with. */
const TOKEN = /^[\w-]{1,64}$/;
const MOST_HOOKS = 10_000;
/** Of all together. What is compiled of an expression takes about ten times the room of its text. */
const MOST_CHARACTERS = 8 * 1_048_576;

/**
 * Where tokens lead. What was looked up is remembered, for as long as there is room, and may be outdated at any moment: only a
 * statement or a look that comes later can tell whether what follows from it holds. What there is not is not remembered.
 */
@Injectable()
export class KnownHooks {
  private readonly rows = new BatchedLookup<HookRow>((tokens) => this.read(tokens));
  private readonly known = new LruMap<string, Hook>(MOST_HOOKS, MOST_CHARACTERS, ({ size }) => size);

  constructor(
    private readonly pool: Pool,
    private readonly http: HttpConfig,
    private readonly bounds: BoundsConfig,
  ) {}

  remembered(token: string): Hook | undefined {
    return this.known.get(token);
  }

  /**
   * The hook as it is now.
   * @param earlier as it was; the very same is returned when nothing of it has changed
   * @throws AppError NOT_FOUND unless the token leads to an active webhook workflow
   */
  async find(token: string, earlier?: Hook): Promise<Hook> {
    // What PostgreSQL could not even read would fail the others that are looked up with it.
    const row = TOKEN.test(token) ? await this.rows.find(token) : undefined;
    if (row === undefined) {
      this.known.delete(token);
      throw notFound('hook');
    }
    const hook = earlier !== undefined && isStill(earlier, row) ? earlier : this.hookOf(row, earlier);
    this.known.set(token, hook);
    return hook;
  }

  /** A version never changes, so what was compiled of it is right for as long as it is kept. */
  private hookOf(row: HookRow, earlier: Hook | undefined): Hook {
    const { token, workflow_id: workflowId, version, user_id: userId, trigger } = row;
    const { sealed_secret: sealedSecret, sealed_challenge: sealedChallenge } = row;
    const isCompiled = earlier?.workflowId === workflowId && earlier.version === version;
    const plan = isCompiled ? earlier.plan : this.planOf(trigger);
    const size = JSON.stringify(trigger).length + (sealedSecret?.length ?? 0) + (sealedChallenge?.length ?? 0);
    return { token, workflowId, version, userId, plan, sealedSecret, sealedChallenge, size };
  }

  private planOf(trigger: object): HookPlan {
    return hookPlan(trigger, { maxWaitMs: this.http.hookWaitMs, maxSteps: this.bounds.maxExpressionSteps });
  }

  private async read(tokens: readonly string[]): Promise<Map<string, HookRow>> {
    const { rows } = await this.pool.query<HookRow>({ name: 'hooks', text: hooksSql, values: [tokens] });
    return new Map(rows.map((row) => [row.token, row]));
  }
}

function isStill(hook: Hook, row: HookRow): boolean {
  return (
    hook.workflowId === row.workflow_id &&
    hook.version === row.version &&
    hook.userId === row.user_id &&
    hook.sealedSecret === row.sealed_secret &&
    hook.sealedChallenge === row.sealed_challenge
  );
}
