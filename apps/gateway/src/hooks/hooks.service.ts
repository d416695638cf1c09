import { RunValues } from '@app/blobs';
import { AppError, newId, notFound, RunTriggerType, type HookInput } from '@app/contracts';
import { BatchedLookup } from '@app/database';
import { callersTrace } from '@app/observability';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { RunAcceptor } from '../runs/run-acceptor.service.js';
import { RunWatchesService } from '../runs/watch/run-watches.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { metaAnswer, slackAnswer } from './answer/challenge.js';
import { accepted, type HookAnswer } from './answer/hook-answer.js';
import { outputAnswer } from './answer/output-answer.js';
import { deliveryId, keyOf } from './delivery/delivery-id.js';
import { deliveryInput } from './delivery/delivery-input.js';
import type { Delivery } from './delivery/delivery.js';
import type { HookPlan, OutputPlan } from './hook-plan.js';
import { HookPlans } from './hook-plans.js';
import { hooksSql } from './hooks.sql.js';
import { verifyDelivery } from './verification/verify-delivery.js';

/** An open hook: where its deliveries go and what they have to fulfil. */
export interface Hook {
  workflowId: string;
  userId: string;
  plan: HookPlan;
  secret: string | undefined;
  /** The verify token of the sender's question. */
  challengeSecret: string | undefined;
}

/** A delivery that has proved itself. */
interface Proven {
  hook: Hook;
  input: HookInput;
  dedupeKey: string | null;
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

/** Webhooks in. The token is a capability: it is neither logged nor stored with what it started. */
@Injectable()
export class HooksService {
  private readonly rows = new BatchedLookup<HookRow>((tokens) => this.read(tokens));

  constructor(
    private readonly pool: Pool,
    private readonly secrets: SecretsService,
    private readonly acceptor: RunAcceptor,
    private readonly watches: RunWatchesService,
    private readonly plans: HookPlans,
    private readonly values: RunValues,
  ) {}

  /** @throws AppError NOT_FOUND unless the token leads to an active webhook workflow */
  async find(token: string): Promise<Hook> {
    // What PostgreSQL could not even read would fail the others that are looked up with it.
    const row = TOKEN.test(token) ? await this.rows.find(token) : undefined;
    if (row === undefined) throw notFound('hook');
    const { workflow_id: workflowId, user_id: userId, version } = row;
    const plan = this.plans.of(workflowId, version, row.trigger);
    const { verify, challenge } = plan.trigger;
    const secret = this.open(userId, verify?.secret, row.sealed_secret);
    const ownSecret = challenge?.secret;
    const challengeSecret = ownSecret === undefined ? secret : this.open(userId, ownSecret, row.sealed_challenge);
    return { workflowId, userId, plan, secret, challengeSecret };
  }

  /**
   * Answers a sender that asks whether the address is meant for it, before anything else is asked of it.
   * @throws AppError FORBIDDEN when its verify token is wrong
   */
  question({ plan, challengeSecret }: Hook, delivery: Delivery): HookAnswer | undefined {
    return plan.trigger.challenge?.type === 'meta' ? metaAnswer(delivery, challengeSecret) : undefined;
  }

  /**
   * Starts a run with a delivery, or finds the one that the same delivery has started before.
   * @param signal aborts when the sender has gone
   * @returns the answer, once the run is committed, or over when the trigger says so
   * @throws AppError UNAUTHORIZED before anything is written, BAD_REQUEST, NOT_FOUND when it was deactivated meanwhile,
   *   RUN_FAILED when the sender waits for an output that there is none of
   */
  async deliver(hook: Hook, delivery: Delivery, signal: AbortSignal): Promise<HookAnswer> {
    const { trigger, output } = hook.plan;
    const { verify } = trigger;
    if (verify !== undefined && !verifyDelivery(delivery, verify, hook.secret, Date.now())) throw unproven();
    const question = trigger.challenge?.type === 'slack' ? slackAnswer(delivery) : undefined;
    if (question !== undefined) return question;
    const input = deliveryInput(delivery, verify?.header);
    const proven = { hook, input, dedupeKey: await this.dedupeKeyOf(hook, delivery, input) };
    if (output !== undefined) return this.startAndWait(proven, output, signal);
    const { runId } = await this.start(newId(), proven, false);
    return accepted(runId);
  }

  /** The run is watched from before it exists, so that its end cannot be missed. */
  private async startAndWait(proven: Proven, output: OutputPlan, signal: AbortSignal): Promise<HookAnswer> {
    const id = newId();
    let watch = this.watches.open(id);
    try {
      const { runId, retention, duplicate } = await this.start(id, proven, watch !== undefined);
      if (duplicate) {
        watch?.close();
        watch = this.watches.open(runId);
        this.watches.progressed([runId]);
      } else if (watch !== undefined) watch.retention = retention;
      const run = await watch?.wait(output.timeoutMs, signal);
      if (run === undefined) return accepted(runId, `/api/v1/runs/${runId}`);
      const { outputBlob } = run;
      const whole = outputBlob === null ? run : { ...run, output: await this.values.read(outputBlob) };
      return await outputAnswer(output, whole, proven.input);
    } finally {
      watch?.close();
    }
  }

  private start(id: string, { hook, input, dedupeKey }: Proven, watched: boolean) {
    return this.acceptor.accept({
      id,
      workflowId: hook.workflowId,
      userId: hook.userId,
      trigger: {
        type: RunTriggerType.Webhook,
        ...(dedupeKey !== null && { delivery_id: dedupeKey }),
        ...callersTrace(),
      },
      inputJson: JSON.stringify(input),
      correlationId: null,
      tags: [],
      needsActive: true,
      dedupeKey,
      watched,
    });
  }

  private async dedupeKeyOf({ plan, workflowId }: Hook, delivery: Delivery, input: HookInput): Promise<string | null> {
    if (plan.dedupe === undefined) return deliveryId(delivery);
    let id: unknown;
    try {
      id = await plan.dedupe.evaluate({ input }, { nowMs: Date.now(), seed: workflowId, maxSteps: plan.maxSteps });
    } catch (cause) {
      // To start it all the same could be to start it twice, and nobody would notice.
      const message = "What makes this delivery the same as another cannot be worked out: see the trigger's dedupe.";
      throw new AppError({ code: 'BAD_REQUEST', kind: 'user', message, cause });
    }
    if (id === undefined || id === null || id === '') return null;
    return keyOf(typeof id === 'string' ? id : JSON.stringify(id));
  }

  private async read(tokens: readonly string[]): Promise<Map<string, HookRow>> {
    const { rows } = await this.pool.query<HookRow>({ name: 'hooks', text: hooksSql, values: [tokens] });
    return new Map(rows.map((row) => [row.token, row]));
  }

  private open(userId: string, name: string | undefined, sealed: string | null): string | undefined {
    return name === undefined || sealed === null ? undefined : this.secrets.open(userId, name, sealed);
  }
}

function unproven(): AppError {
  const message =
    'The delivery does not prove where it comes from: its signature or token is missing, wrong or too old.';
  return new AppError({ code: 'UNAUTHORIZED', kind: 'user', message });
}
