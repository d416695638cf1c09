import type { IntegrationType } from '@app/contracts';
import type { ProviderConfig } from './provider-config.js';
import { integrationKind } from './registry.js';

/**
 * Where an integration's credentials may be sent: to the origin of its base URL and, while that is the provider's, to
 * the provider's others.
 */
export function credentialOrigins(type: IntegrationType, { base_url }: ProviderConfig): string[] {
  const { config, moreOrigins = [] } = integrationKind(type);
  const { origin } = new URL(base_url);
  const own = new config().base_url as string | undefined;
  return own !== undefined && new URL(own).origin === origin ? [origin, ...moreOrigins] : [origin];
}
