import type { ProviderConfig } from './provider-config.js';

/** What the platform knows about a type of integrations without calling its provider. */
export interface IntegrationKind<Config extends ProviderConfig = ProviderConfig, Credentials extends object = object> {
  /** One sentence for the docs. */
  description: string;
  config: new () => Config;
  credentials: new () => Credentials;
  /** Of a body that is valid. */
  example: { config: Readonly<Record<string, unknown>>; credentials: Readonly<Record<string, string>> };
  /** Origins besides that of `base_url` that are the provider's own while `base_url` is the provider's. */
  moreOrigins?: readonly string[];
  /** The headers by which the provider knows whose call it is, and any other without which it takes none. */
  headers: (credentials: Credentials, config: Config) => Record<string, string>;
}

/** `Authorization: Bearer` (RFC 6750 §2.1). */
export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
