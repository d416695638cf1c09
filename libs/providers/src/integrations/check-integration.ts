import type { FieldError, IntegrationType } from '@app/contracts';
import { checkShape } from '@app/definition';
import type { ProviderConfig } from './provider-config.js';
import { integrationKind } from './registry.js';

/** What somebody wants an integration to be. */
export interface DraftIntegration {
  config: unknown;
  /** undefined: those that it has. */
  credentials?: unknown;
}

/** An integration that its type takes; `config` with what applies where nothing was given. */
export interface CheckedIntegration {
  config: ProviderConfig;
  credentials: object | undefined;
  /** By JSON path; what stands beside them counts only when there are none. */
  errors: FieldError[];
}

/** Checks an integration against the classes of its type. */
export function checkIntegration(type: IntegrationType, draft: DraftIntegration): CheckedIntegration {
  const kind = integrationKind(type);
  const config = checkShape(kind.config, draft.config ?? {}, 'config');
  if (draft.credentials === undefined) return { config: config.value, credentials: undefined, errors: config.errors };
  const credentials = checkShape(kind.credentials, draft.credentials, 'credentials');
  return {
    config: config.value,
    credentials: credentials.value,
    errors: [...config.errors, ...credentials.errors],
  };
}
