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
  await db.query(`${insertAuditEvent} VALUES (${auditParameters(1)})`, auditValues(record));
}

/** The beginning of a statement that adds a row; `VALUES` or `SELECT` with {@link auditParameters} follows. */
export const insertAuditEvent = `
INSERT INTO audit_events (id, action, actor_kind, actor_id, subject_type, subject_id, outcome, ip_address, user_agent,
                          request_id, before, after, details)`;

/**
 * The parameters of a row, for a statement that writes more than its audit event.
 * @param first number of the first one
 */
export function auditParameters(first: number): string {
  return Array.from({ length: 13 }, (_, index) => `$${first + index}`).join(', ');
}

/** What {@link auditParameters} stand for. */
export function auditValues(record: AuditRecord): unknown[] {
  const { action, actor, subject, outcome = AuditOutcome.Success, origin, before, after, details = {} } = record;
  return [
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
  ];
}
