/** Who did it. An operator works on the command line, the system by itself. */
export const AuditActorKind = {
  User: 'user',
  ApiKey: 'api_key',
  Operator: 'operator',
  System: 'system',
  Anonymous: 'anonymous',
} as const;
export type AuditActorKind = (typeof AuditActorKind)[keyof typeof AuditActorKind];

/** How it ended: done, tried in vain, or not allowed. */
export const AuditOutcome = { Success: 'success', Failure: 'failure', Denied: 'denied' } as const;
export type AuditOutcome = (typeof AuditOutcome)[keyof typeof AuditOutcome];

/** What is audited: `noun.done`. The meaning of `details` stands with each. No value is ever a secret. */
export const auditActions = {
  /** An account was made; `details.provider` says where. */
  'user.created': 'user.created',
  /** Profile, address, roles or activity changed: `before` and `after` hold what did. */
  'user.updated': 'user.updated',
  'user.deactivated': 'user.deactivated',
  'user.activated': 'user.activated',
  /** Deletion was asked for; it happens after the grace period. */
  'user.deletion_requested': 'user.deletion_requested',
  'user.deletion_withdrawn': 'user.deletion_withdrawn',
  /** The account and what it owned are gone. */
  'user.erased': 'user.erased',
  /** Everything held about the person was handed to them. */
  'user.exported': 'user.exported',
  /** Somebody was asked to make an account; `details.roles` says what they will be. */
  'user.invited': 'user.invited',
  'user.invitation_withdrawn': 'user.invitation_withdrawn',
  /** A sign-in; `details.method` says how. The failed ones have no actor, or the account they were about. */
  'session.started': 'session.started',
  'session.refused': 'session.refused',
  'session.ended': 'session.ended',
  /** An old refresh token came back: somebody else may have it, so the session is over. */
  'session.reuse_detected': 'session.reuse_detected',
  /** A recent proof for sensitive actions; `details.method` says how. */
  'session.stepped_up': 'session.stepped_up',
  'password.reset_requested': 'password.reset_requested',
  'password.reset': 'password.reset',
  /** Changed by its owner, or set for the first time; a failure is a wrong current password. */
  'password.changed': 'password.changed',
  'email.verification_requested': 'email.verification_requested',
  'email.verified': 'email.verified',
  /** A link that lets whoever reads the mail in was made; `details.mail` says for what. */
  'email.link_issued': 'email.link_issued',
  'passkey.registered': 'passkey.registered',
  'passkey.renamed': 'passkey.renamed',
  'passkey.removed': 'passkey.removed',
  /** The signature counter went back: the passkey is revoked. */
  'passkey.clone_detected': 'passkey.clone_detected',
  'oauth.linked': 'oauth.linked',
  'oauth.unlinked': 'oauth.unlinked',
  'oauth.refused': 'oauth.refused',
  /** `after` holds name, prefix, scopes and when it expires; the key itself is nowhere. */
  'api_key.created': 'api_key.created',
  'api_key.renamed': 'api_key.renamed',
  'api_key.revoked': 'api_key.revoked',
  'service_account.created': 'service_account.created',
  'service_account.renamed': 'service_account.renamed',
  'service_account.deleted': 'service_account.deleted',
  /** Triggers of an account were stopped by the platform; `details.workflows` says of how many workflows. */
  'workflow.deactivated': 'workflow.deactivated',
  /** A finished run was deleted with its history; `details` says of which workflow, and how it had ended. */
  'run.deleted': 'run.deleted',
  'secret.set': 'secret.set',
  'secret.deleted': 'secret.deleted',
  /**
   * A change of content; `details` has the version that it made, and the run and step when one of the owner's made it. `before`
   * and `after` hold type, title and status: the text is in the revisions.
   */
  'content.created': 'content.created',
  'content.updated': 'content.updated',
  'content.published': 'content.published',
  'content.archived': 'content.archived',
  'content.deleted': 'content.deleted',
  'content.restored': 'content.restored',
  /** An account at a provider: what was set, without its credentials; `details.credentials` says whether those were. */
  'integration.created': 'integration.created',
  'integration.updated': 'integration.updated',
  'integration.deleted': 'integration.deleted',
  /** Whose events go where; of the URL, which may hold a token, the origin is told. */
  'event_subscription.created': 'event_subscription.created',
  'event_subscription.updated': 'event_subscription.updated',
  'event_subscription.secret_rotated': 'event_subscription.secret_rotated',
  'event_subscription.deleted': 'event_subscription.deleted',
  /** The platform stopped it; `details.reason` says why. */
  'event_subscription.disabled': 'event_subscription.disabled',
} as const;
export type AuditAction = keyof typeof auditActions;
