import { randomBytes } from 'node:crypto';
import { IsIn, Max, Min, MinLength } from 'class-validator';
import { choice } from '../parsers/choice.parser.js';
import { duration } from '../parsers/duration.parser.js';
import type { Es256Key } from '../parsers/es256-key.js';
import { signingKeys } from '../parsers/signing-keys.parser.js';
import { text } from '../parsers/text.parser.js';
import { Variable } from '../variable.decorator.js';

/** Who may make an account by themselves. */
export const Registration = { Open: 'open', Invite: 'invite', Closed: 'closed' } as const;
export type Registration = (typeof Registration)[keyof typeof Registration];

/** Accounts and tokens. */
export class AuthConfig {
  /** Secret behind refresh tokens, and without JWT_KEYS behind access tokens. At least 32 characters (HS256 wants 256 bits: RFC 7518, 3.2). */
  @Variable('JWT_SECRET', text, {
    secret: true,
    required: true,
    generate: () => randomBytes(48).toString('base64url'),
    hint: 'at least 32 random characters, such as those of: openssl rand -base64 48',
  })
  @MinLength(32)
  jwtSecret: string;

  /** Keys for access tokens instead of JWT_SECRET: the first one signs (ES256), all of them verify. To rotate, see docs/security.md. */
  @Variable('JWT_KEYS', signingKeys, {
    secret: true,
    hint: 'the output of: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256',
  })
  jwtKeys: Es256Key[] = [];

  /** Who issues the tokens: their claim `iss`. */
  @Variable('JWT_ISSUER', text)
  @MinLength(1)
  jwtIssuer = 'biometrics';

  /** Whom the tokens are for: their claim `aud`. */
  @Variable('JWT_AUDIENCE', text)
  @MinLength(1)
  jwtAudience = 'biometrics-api';

  /** How long an access token is good for. */
  @Variable('JWT_EXPIRE', duration())
  @Min(1_000)
  @Max(86_400_000)
  accessTokenTtlMs = 900_000;

  /** How long a login lasts without being refreshed. */
  @Variable('REFRESH_TOKEN_EXPIRE', duration())
  @Min(1_000)
  @Max(31_536_000_000)
  refreshTokenTtlMs = 604_800_000;

  /** How long a login lasts however often it is refreshed (NIST SP 800-63B-4, 2.1.3: at most 30 days). */
  @Variable('SESSION_MAX_AGE', duration())
  @Min(1_000)
  @Max(31_536_000_000)
  sessionMaxAgeMs = 2_592_000_000;

  /** Who may make an account: everybody, the invited, nobody. */
  @Variable('AUTH_REGISTRATION', choice(Registration), {
    byEnvironment: { staging: Registration.Invite, production: Registration.Invite },
  })
  @IsIn(Object.values(Registration))
  registration: Registration = Registration.Open;
}
