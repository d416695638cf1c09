/**
 * What an API key may do. A key is never more than its owner: each scope opens the routes that declare it, for the
 * owner's own resources. Routes that declare no scope are for people who are signed in.
 */
export const scopes = {
  /** Read who the key speaks for. */
  'profile:read': 'profile:read',
  /** List and read workflows, their versions and their runs' totals. */
  'workflows:read': 'workflows:read',
  /** Create, change, activate and delete workflows. */
  'workflows:write': 'workflows:write',
  /** Start runs. */
  'workflows:execute': 'workflows:execute',
  /** List and read runs and their journals. */
  'runs:read': 'runs:read',
  /** Cancel, retry, signal and resolve runs. */
  'runs:write': 'runs:write',
  /** Take and end the tasks of `external` steps. */
  'tasks:work': 'tasks:work',
  /** List the names of secrets. */
  'secrets:read': 'secrets:read',
  /** Set and delete secrets; their values never come back. */
  'secrets:write': 'secrets:write',
  /** List and read content and its revisions. */
  'content:read': 'content:read',
  /** Create, change, publish, delete and restore content. */
  'content:write': 'content:write',
  /** List and read integrations; their credentials never come back. */
  'integrations:read': 'integrations:read',
  /** Create, change and delete integrations. */
  'integrations:write': 'integrations:write',
  /** Send events. */
  'events:write': 'events:write',
  /** List and read event subscriptions and their deliveries. */
  'subscriptions:read': 'subscriptions:read',
  /** Create, change and delete event subscriptions, and have events delivered again. */
  'subscriptions:write': 'subscriptions:write',
} as const;
export type Scope = keyof typeof scopes;
