import { WorkersConfig } from '@app/config';
import { AuditActorKind, DeliveryStatus, jobs, newId, type DisabledReason, type EventDeliver } from '@app/contracts';
import { inTransaction, recordAudit } from '@app/database';
import { EgressClient, EgressError } from '@app/egress';
import { retryAfterMs } from '@app/providers';
import { KeyRing, openSubscriptionSecret } from '@app/security';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { backOffMs } from '../back-off.js';
import type { JobOutcome } from '../job-outcome.js';
import {
  attemptFailedSql,
  deliveredSql,
  deliveryEndedSql,
  deliveryHeldSql,
  findDeliverySql,
  tellOwnerSql,
} from './event-deliveries.sql.js';
import { signedHeaders } from './signed-headers.js';

/** A receiver has so long to answer, in ms: what takes longer is better done after the answer. */
const ANSWER_WITHIN_MS = 15_000;
/** However long a receiver asks to wait, it is asked again after this time, in ms. */
const LONGEST_WAIT_MS = 6 * 3_600_000;
/** What waits for the same moment is spread over so many ms. */
const SPREAD_MS = 1_000;

interface Delivery {
  status: DeliveryStatus;
  attempts: number;
  subscriptionId: string;
  url: string;
  secret: string;
  previousSecret: string | null;
  failures: number;
  isWanted: boolean;
  /** Null: the history has dropped it. */
  event: string | null;
  heldForMs: number;
}

/** How an attempt that brought no 2xx ended. */
interface Failure {
  status: number | null;
  message: string;
  retryAfterMs: number;
}

/**
 * Sends events to the URLs of subscriptions, at least once each: an attempt that nobody finished is made again, with the same
 * `webhook-id`.
 */
@Injectable()
export class EventDeliveryService {
  private readonly log = new Logger(EventDeliveryService.name);

  constructor(
    private readonly pool: Pool,
    private readonly egress: EgressClient,
    private readonly ring: KeyRing,
    private readonly workers: WorkersConfig,
  ) {}

  async deliver({ delivery_id: id }: EventDeliver, signal: AbortSignal): Promise<JobOutcome> {
    const { rows } = await this.pool.query<Delivery>({ name: 'find-delivery', text: findDeliverySql, values: [id] });
    const [delivery] = rows;
    if (delivery === undefined) return ended('The subscription is deleted.');
    if (delivery.status === DeliveryStatus.Delivered) return { kind: 'succeeded', data: {} };
    if (delivery.status === DeliveryStatus.Failed) return ended('It was given up.');
    if (!delivery.isWanted) return this.end(id, 'The subscription is disabled.');
    if (delivery.event === null) return this.end(id, 'The event is not kept any more.');
    if (delivery.heldForMs > 0) return this.hold(id, delivery.heldForMs + Math.random() * SPREAD_MS);
    const failure = await this.attempt(id, delivery, delivery.event, signal);
    if (typeof failure === 'number') {
      await this.pool.query(deliveredSql, [id, failure]);
      return { kind: 'succeeded', data: { status: failure } };
    }
    // Told to end: whether the receiver has it is not known, and whoever takes the job next sends it again.
    if (signal.aborted) return { kind: 'not_done', code: 'CANCELLED', message: failure.message };
    return this.fail(id, delivery, failure);
  }

  /** @returns the status of the answer when it is 2xx */
  private async attempt(id: string, delivery: Delivery, body: string, signal: AbortSignal): Promise<number | Failure> {
    const { subscriptionId, url, secret, previousSecret } = delivery;
    const sealed = previousSecret === null ? [secret] : [secret, previousSecret];
    const secrets = sealed.map((each) => openSubscriptionSecret(this.ring, subscriptionId, each));
    const now = new Date();
    try {
      const headers = signedHeaders(id, body, secrets, now);
      const timeoutMs = Math.min(ANSWER_WITHIN_MS, this.workers.event.timeoutMs);
      // Following a redirect would send what is signed where nobody has subscribed.
      const how = { timeoutMs, signal, reuseConnection: true, redirects: 'answer' as const };
      const answer = await this.egress.request({ method: 'POST', url, headers, body, ...how });
      if (answer.status >= 200 && answer.status < 300) return answer.status;
      return {
        status: answer.status,
        message: `The receiver answered ${answer.status}.`,
        retryAfterMs: Math.min(retryAfterMs(answer.headers, now.getTime()) ?? 0, LONGEST_WAIT_MS),
      };
    } catch (error) {
      if (error instanceof EgressError) return { status: null, message: error.message, retryAfterMs: 0 };
      throw error;
    }
  }

  private async fail(id: string, delivery: Delivery, failure: Failure): Promise<JobOutcome> {
    const { attempts, failures, subscriptionId, url } = delivery;
    const { retryDelayMs } = this.workers.event;
    const holdMs = Math.max(backOffMs(retryDelayMs, failures, Math.random()), failure.retryAfterMs);
    const delayMs = Math.max(backOffMs(retryDelayMs, attempts, Math.random()), holdMs);
    const isGone = failure.status === 410;
    const values = [id, failure.status, failure.message, url, isGone, delayMs, holdMs];
    const became = await inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<{ status: DeliveryStatus; disabledReason: DisabledReason | null }>(
        attemptFailedSql,
        values,
      );
      const [row] = rows;
      if (row?.disabledReason) {
        const subject = { type: 'event_subscription', id: subscriptionId };
        const details = { reason: row.disabledReason, delivery_id: id };
        const actor = { kind: AuditActorKind.System };
        await recordAudit(client, { action: 'event_subscription.disabled', actor, subject, details });
        await client.query(tellOwnerSql, [newId(), jobs['email.subscription'].priority, subscriptionId]);
      }
      return row;
    });
    if (became?.disabledReason) this.log.warn(`Subscription ${subscriptionId} is disabled: ${became.disabledReason}.`);
    if (became?.status === DeliveryStatus.Pending) return { kind: 'postponed', delayMs };
    return ended(failure.message);
  }

  private async hold(id: string, delayMs: number): Promise<JobOutcome> {
    await this.pool.query(deliveryHeldSql, [id, delayMs]);
    return { kind: 'postponed', delayMs };
  }

  private async end(id: string, message: string): Promise<JobOutcome> {
    await this.pool.query(deliveryEndedSql, [id, message]);
    return ended(message);
  }
}

function ended(message: string): JobOutcome {
  return { kind: 'failed', code: 'DELIVERY_FAILED', message };
}
