import { IsOptional, Matches } from 'class-validator';
import { listOf } from '../parsers/list.parser.js';
import { origin } from '../parsers/origin.parser.js';
import { text } from '../parsers/text.parser.js';
import { Variable } from '../variable.decorator.js';

/** Passkeys. */
export class WebauthnConfig {
  /**
   * Domain that passkeys belong to, for ever: one that was made for another domain is worth nothing here. Default: the
   * host of PUBLIC_URL, or `localhost` when that is a loopback address.
   */
  @Variable('WEBAUTHN_RP_ID', text, { hint: 'a domain such as example.com' })
  @IsOptional()
  @Matches(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, { message: 'has to be a domain' })
  webauthnRpId?: string;

  /** Origins whose pages may use passkeys, each on that domain or below it. Default: the one of PUBLIC_URL. */
  @Variable('WEBAUTHN_ORIGINS', listOf(origin))
  webauthnOrigins: string[] = [];
}
