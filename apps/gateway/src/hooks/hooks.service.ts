import { AppError, newId, notFound, RunTriggerType } from '@app/contracts';
import { WebhookTrigger } from '@app/definition';
import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { Pool } from 'pg';
import { RunAcceptor } from '../runs/run-acceptor.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { deliveryId } from './delivery/delivery-id.js';
import { deliveryInput } from './delivery/delivery-input.js';
import type { Delivery } from './delivery/delivery.js';
import { hookSql } from './hooks.sql.js';
import { verifyDelivery } from './verification/verify-delivery.js';

/** An open hook: where its deliveries go and what they have to fulfil. */
export interface Hook {
  workflowId: string;
  userId: string;
  trigger: WebhookTrigger;
  secret: string | undefined;
}

interface HookRow {
  workflow_id: string;
  user_id: string;
  trigger: object;
  sealed_secret: string | null;
}

/** Webhooks in. The token is a capability: it is neither logged nor stored with what it started. */
@Injectable()
export class HooksService {
  constructor(
    private readonly pool: Pool,
    private readonly secrets: SecretsService,
    private readonly acceptor: RunAcceptor,
  ) {}

  /** @throws AppError NOT_FOUND unless the token leads to an active webhook workflow */
  async find(token: string): Promise<Hook> {
    const { rows } = await this.pool.query<HookRow>({ name: 'hook', text: hookSql, values: [token] });
    const [row] = rows;
    if (row === undefined) throw notFound('hook');
    const trigger = plainToInstance(WebhookTrigger, row.trigger);
    return {
      workflowId: row.workflow_id,
      userId: row.user_id,
      trigger,
      secret: this.secretOf(row, trigger.verify?.secret),
    };
  }

  /**
   * Starts a run with a delivery, or finds the one that the same delivery has started before.
   * @returns the run's id, once it is committed
   * @throws AppError UNAUTHORIZED before anything is written, BAD_REQUEST, NOT_FOUND when it was deactivated meanwhile
   */
  async deliver(hook: Hook, delivery: Delivery): Promise<string> {
    const { verify } = hook.trigger;
    if (verify !== undefined && !verifyDelivery(delivery, verify, hook.secret, Date.now())) throw unproven();
    const dedupeKey = deliveryId(delivery);
    const { runId } = await this.acceptor.accept({
      id: newId(),
      workflowId: hook.workflowId,
      userId: hook.userId,
      trigger: { type: RunTriggerType.Webhook, ...(dedupeKey !== null && { delivery_id: dedupeKey }) },
      inputJson: JSON.stringify(deliveryInput(delivery, verify?.header)),
      correlationId: null,
      tags: [],
      needsActive: true,
      dedupeKey,
    });
    return runId;
  }

  private secretOf({ user_id, sealed_secret }: HookRow, name: string | undefined): string | undefined {
    if (name === undefined || sealed_secret === null) return undefined;
    return this.secrets.open(user_id, name, sealed_secret);
  }
}

function unproven(): AppError {
  const message =
    'The delivery does not prove where it comes from: its signature or token is missing, wrong or too old.';
  return new AppError({ code: 'UNAUTHORIZED', kind: 'user', message });
}
