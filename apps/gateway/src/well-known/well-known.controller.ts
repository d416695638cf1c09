import { JwksDto } from '@app/contracts';
import { SigningKeys } from '@app/security';
import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '../http/access/access.decorators.js';
import { Produces } from '../http/produces.decorator.js';

/** Where others look for what they need to know about us (RFC 8615). */
@Public()
@Produces('*/*')
@Controller('.well-known')
export class WellKnownController {
  constructor(private readonly keys: SigningKeys) {}

  /** The public keys of access tokens, for services that verify them by themselves. None without JWT_KEYS. */
  @Header('cache-control', 'public, max-age=300')
  @Get('jwks.json')
  jwks(): JwksDto {
    return { keys: this.keys.publicJwks() };
  }
}
