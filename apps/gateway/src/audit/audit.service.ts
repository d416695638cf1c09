import { AuditActorKind, type AuditAction, type AuditOutcome } from '@app/contracts';
import { auditValues, recordAudit, type AuditRecord, type Queryable } from '@app/database';
import { currentContext } from '@app/observability';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../http/access/caller.js';
import type { Device } from '../http/device.decorator.js';

/** Who acts: whoever is calling, a person who has just proved who they are, or nobody we know. */
export type AuditActor = Caller | { userId: string } | undefined;

export interface AuditedAction {
  action: AuditAction;
  actor: AuditActor;
  device: Device;
  subject?: { type: string; id: string } | undefined;
  outcome?: AuditOutcome | undefined;
  before?: Record<string, unknown> | undefined;
  after?: Record<string, unknown> | undefined;
  details?: Record<string, unknown> | undefined;
}

/** The audit trail of what is asked of the gateway. */
@Injectable()
export class AuditService {
  /** Writes the event's row; `db` is the transaction of what it is about. */
  async record(db: Queryable, event: AuditedAction): Promise<void> {
    await recordAudit(db, toRecord(event));
  }

  /** The event's row, for a statement that writes it beside what it is about. */
  values(event: AuditedAction): unknown[] {
    return auditValues(toRecord(event));
  }
}

function toRecord({ actor, device, ...event }: AuditedAction): AuditRecord {
  return { ...event, actor: auditActor(actor), origin: { ...device, requestId: currentContext().requestId } };
}

/** Who acts, as the trail has it. */
export function auditActor(actor: AuditActor): { kind: AuditActorKind; id?: string } {
  if (actor === undefined) return { kind: AuditActorKind.Anonymous };
  if ('credential' in actor && actor.credential.kind === 'api_key') {
    return { kind: AuditActorKind.ApiKey, id: actor.credential.keyId };
  }
  return { kind: AuditActorKind.User, id: actor.userId };
}
