import { RunValues } from '@app/blobs';
import { AppError, newId, RunTriggerType } from '@app/contracts';
import { sealedHash, type AcceptedRun, type VerifiedHook } from '@app/database';
import { callersTrace } from '@app/observability';
import { Injectable } from '@nestjs/common';
import { RunAcceptor } from '../runs/run-acceptor.service.js';
import { RunWatchesService } from '../runs/watch/run-watches.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { accepted, type HookAnswer } from './answer/hook-answer.js';
import { outputAnswer } from './answer/output-answer.js';
import type { Delivery } from './delivery/delivery.js';
import { readDelivery, type ProvenDelivery } from './delivery/read-delivery.js';
import type { OutputPlan } from './hook-plan.js';
import { KnownHooks, type Hook } from './known-hooks.js';

/** A hook that changes each time a delivery is about to be taken changes all the time. */
const MOST_TRIES = 5;

/** What comes of a delivery to a hook as it is known. */
interface Outcome {
  /** A run is committed. Anything else holds only if the hook is still that one. */
  isSettled: boolean;
  /** @param signal aborts when the sender has gone */
  answer: (signal: AbortSignal) => Promise<HookAnswer>;
}

/** Webhooks in. The token is a capability: it is neither logged nor stored with what it started. */
@Injectable()
export class HooksService {
  constructor(
    private readonly hooks: KnownHooks,
    private readonly secrets: SecretsService,
    private readonly acceptor: RunAcceptor,
    private readonly watches: RunWatchesService,
    private readonly values: RunValues,
  ) {}

  /**
   * Starts a run with a delivery, or finds the one that the same delivery has started before; or answers a sender's question.
   *
   * Guarantees: what comes of it is what comes of the hook as it is after the delivery has arrived, on every replica. A hook
   * that is remembered spares the look: the statement that accepts a run tells whether it still holds. Whatever else comes of it
   * counts once a look has found the hook unchanged.
   * @param signal aborts when the sender has gone
   * @returns the answer, once the run is committed, or over when the trigger says so
   * @throws AppError NOT_FOUND unless the token leads to an active webhook workflow; before anything is written FORBIDDEN,
   *   METHOD_NOT_ALLOWED, UNAUTHORIZED, BAD_REQUEST; RUN_FAILED when the sender waits for an output that there is none of
   */
  async deliver(token: string, delivery: Delivery, signal: AbortSignal): Promise<HookAnswer> {
    // One for all tries: when it is not known whether one was committed, the next changes nothing.
    const id = newId();
    let hook = this.hooks.remembered(token) ?? (await this.hooks.find(token));
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const outcome = await this.take(hook, delivery, id);
      if (outcome?.isSettled === true) return outcome.answer(signal);
      const current = await this.hooks.find(token, hook);
      if (outcome !== undefined && current === hook) return outcome.answer(signal);
      hook = current;
    }
    const message = 'The hook is being changed. Nothing was started, try again.';
    throw new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: 1 });
  }

  /** @returns undefined when the run was refused: the hook is another one, or was for a moment */
  private async take(hook: Hook, delivery: Delivery, id: string): Promise<Outcome | undefined> {
    try {
      const read = await readDelivery(hook, delivery, (name, sealed) => this.secrets.open(hook.userId, name, sealed));
      if ('status' in read) return { isSettled: false, answer: () => Promise.resolve(read) };
      const { output } = hook.plan;
      const answer = output === undefined ? await this.start(id, read) : await this.startAndWatch(id, read, output);
      return { isSettled: true, answer };
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined;
      const answer = (): never => {
        throw error;
      };
      return { isSettled: false, answer };
    }
  }

  private async start(id: string, proven: ProvenDelivery): Promise<Outcome['answer']> {
    const { runId } = await this.accept(id, proven, false);
    return () => Promise.resolve(accepted(runId));
  }

  /** The run is watched from before it exists, so that its end cannot be missed. */
  private async startAndWatch(id: string, proven: ProvenDelivery, output: OutputPlan): Promise<Outcome['answer']> {
    let watch = this.watches.open(id);
    try {
      const { runId, retention, duplicate } = await this.accept(id, proven, watch !== undefined);
      if (duplicate) {
        watch?.close();
        watch = this.watches.open(runId);
        this.watches.progressed({ run_ids: [runId] });
      } else if (watch !== undefined) watch.retention = retention;
      return async (signal) => {
        const run = await watch?.wait(output.timeoutMs, signal);
        if (run === undefined) return accepted(runId, `/api/v1/runs/${runId}`);
        const { outputBlob } = run;
        const whole = outputBlob === null ? run : { ...run, output: await this.values.read(outputBlob) };
        return outputAnswer(output, whole, proven.input);
      };
    } catch (error) {
      watch?.close();
      throw error;
    }
  }

  private accept(id: string, { hook, input, dedupeKey }: ProvenDelivery, watched: boolean): Promise<AcceptedRun> {
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
      hook: verifiedHook(hook),
      watched,
    });
  }
}

function verifiedHook({ token, version, plan, sealedSecret }: Hook): VerifiedHook {
  const name = plan.trigger.verify?.secret;
  const hasSecret = name !== undefined && sealedSecret !== null;
  return { token, version, secret: hasSecret ? { name, hash: sealedHash(sealedSecret) } : null };
}
