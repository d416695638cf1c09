import { newId, type AuditActorKind, type ContentStatus } from '@app/contracts';

/** What is done to content: made, changed, made what a revision says, deleted or taken back from deletion. */
export type ContentOperation = 'create' | 'update' | 'revert' | 'delete' | 'restore';

/** Fields of content that are set; the others stay as they are, or are empty in content that is made. */
export interface ContentFields {
  type?: string;
  title?: string;
  body?: string;
  metadata?: Record<string, unknown>;
  status?: ContentStatus;
}

/** Who changes content, and from where: what the audit trail says of it. */
export interface ContentActor {
  kind: AuditActorKind;
  id?: string | undefined;
  ipAddress?: string | undefined;
  userAgent?: string | undefined;
  requestId?: string | undefined;
}

/** One change of one piece of content. */
export interface ContentChange {
  op: ContentOperation;
  /** Made by the asker with `newId()` for one that is made. */
  contentId: string;
  userId: string;
  fields?: ContentFields;
  /** The revision to go back to. */
  revision?: number;
  /** Versions of which one has to be the row's. */
  expected?: readonly number[] | undefined;
  actor: ContentActor;
  /** How many runs and events in a row have caused it; 0 from outside. */
  depth: number;
}

/** Most events of one change: made, and published by that. */
const MOST_EVENTS = 2;

/** A change as the statement takes it, with the ids of all the rows that it may write. */
export function contentChangeRow(change: ContentChange): Record<string, unknown> {
  const { op, contentId, userId, fields = {}, revision, expected, actor, depth } = change;
  return {
    ...fields,
    op,
    content_id: contentId,
    user_id: userId,
    revision,
    expected,
    depth,
    revision_id: newId(),
    event_ids: Array.from({ length: MOST_EVENTS }, newId),
    audit_id: newId(),
    actor_kind: actor.kind,
    actor_id: actor.id,
    ip_address: actor.ipAddress,
    user_agent: actor.userAgent,
    request_id: actor.requestId,
  };
}
