import { plainToInstance } from 'class-transformer';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { isPlainObject } from './webhook-response.shape.js';

/** How a sender asks whether an address is meant for it. The short form is the type alone. */
export class WebhookChallenge {
  /**
   * `slack`: a signed POST with `type: url_verification`. `meta`: a GET with `hub.verify_token` (WhatsApp, Instagram,
   * Facebook; also WebSub).
   */
  @IsIn(['slack', 'meta'])
  type: 'slack' | 'meta';

  /** meta: name of the stored secret that is the verify token; that of `verify` unless given. */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  secret?: string;
}

/** The long form of either form; what is neither stays as it is, to be refused. */
export function asChallenge(value: unknown): unknown {
  if (typeof value === 'string') return plainToInstance(WebhookChallenge, { type: value });
  return isPlainObject(value) ? plainToInstance(WebhookChallenge, value) : value;
}
