import { AuditOutcome, newId, type AuditAction, type AuditActorKind } from '@app/contracts';

/** Whatever runs a statement: a pool, a connection in a transaction, TypeORM's entity manager. */
export interface Queryable {
  query(sql: string, values: unknown[]): Promise<unknown>;
}

/** Something worth remembering for ever. Nothing in it may be a secret: name what changed, not the value of a credential. */
export interface AuditRecord {
  action: AuditAction;
  actor: { kind: AuditActorKind; id?: string | undefined };
  /** What it was done to, by kind (`user`, `session`, `api_key` …) and id. */
  subject?: { type: string; id: string } | undefined;
  /** Defaults to success. */
  outcome?: AuditOutcome | undefined;
  /** From where; absent when the platform did it by itself. */
  origin?:
    { ipAddress?: string | undefined; userAgent?: string | undefined; requestId?: string | undefined } | undefined;
  /** The fields that changed, as they were and as they are. */
  before?: Record<string, unknown> | undefined;
  after?: Record<string, unknown> | undefined;
  details?: Record<string, unknown> | undefined;
}

/**
 * Adds a row to the audit trail. Hand it the transaction of what it is about: either both are there or neither.
 * @param db where to write
 */
export async function recordAudit(db: Queryable, record: AuditRecord): Promise<void> {
  const { action, actor, subject, outcome = AuditOutcome.Success, origin, before, after, details = {} } = record;
  await db.query(insertAuditEvent, [
    newId(),
    action,
    actor.kind,
    actor.id ?? null,
    subject?.type ?? null,
    subject?.id ?? null,
    outcome,
    origin?.ipAddress ?? null,
    origin?.userAgent ?? null,
    origin?.requestId ?? null,
    before === undefined ? null : JSON.stringify(before),
    after === undefined ? null : JSON.stringify(after),
    JSON.stringify(details),
  ]);
}

const insertAuditEvent = `
INSERT INTO audit_events (id, action, actor_kind, actor_id, subject_type, subject_id, outcome, ip_address, user_agent,
                          request_id, before, after, details)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;
