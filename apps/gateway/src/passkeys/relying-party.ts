import { ConfigError, type HttpConfig, type WebauthnConfig } from '@app/config';
import { isLoopback } from '../http/loopback.js';

/** The platform as browsers and authenticators know it (WebAuthn Level 3 §4, "Relying Party"). */
export class RelyingParty {
  readonly name = 'BIOMETRICS';

  private constructor(
    /** The domain that passkeys belong to. */
    readonly id: string,
    /** Whose pages may use them. */
    readonly origins: readonly string[],
  ) {}

  /**
   * An IP address cannot have passkeys, so a loopback address becomes the name that every machine gives itself.
   * @throws ConfigError when an origin is not on the domain: no browser would let its pages use a passkey
   */
  static of({ webauthnRpId, webauthnOrigins }: WebauthnConfig, { publicUrl }: HttpConfig): RelyingParty {
    const address = namedAddress(publicUrl);
    const id = webauthnRpId ?? address.hostname;
    const origins = webauthnOrigins.length > 0 ? webauthnOrigins : [address.origin];
    const foreign = origins.filter((origin) => !isWithin(new URL(origin).hostname, id));
    if (foreign.length === 0) return new RelyingParty(id, origins);
    const source = webauthnOrigins.length > 0 ? 'WEBAUTHN_ORIGINS' : 'PUBLIC_URL';
    const remedy = `set WEBAUTHN_RP_ID to a domain that holds them, or take them out`;
    throw new ConfigError([`${source} names ${foreign.join(', ')}, which is not on the domain ${id}: ${remedy}.`]);
  }
}

/** The address of the pages with a name in it where there is one. */
function namedAddress(publicUrl: string): URL {
  const url = new URL(publicUrl);
  if (isLoopback(url.hostname)) url.hostname = 'localhost';
  return url;
}

function isWithin(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}
