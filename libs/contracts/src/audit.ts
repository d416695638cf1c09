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
