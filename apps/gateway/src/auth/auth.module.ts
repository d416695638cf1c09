import { AuthConfig } from '@app/config';
import { AccessTokens, PasswordHasher, RefreshTokens, SigningKeys } from '@app/security';
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessGuard } from './access.guard.js';
import { ApiKeyVerifier } from './api-keys/api-key-verifier.js';
import { KeyReader } from './api-keys/key-reader.js';
import { KeyUses } from './api-keys/key-uses.js';
import { KnownKeys } from './api-keys/known-keys.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { JwtStrategy } from './jwt.strategy.js';
import { hashThreadsProvider, passwordHasherProvider } from './password-hasher.provider.js';
import { PasswordUpgradeService } from './passwords/password-upgrade.service.js';
import { FeedConnection } from './revocations/feed-connection.js';
import { RevocationFeed } from './revocations/revocation-feed.js';
import { RevocationsService } from './revocations/revocations.service.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { TokenIssuer } from './sessions/token-issuer.js';
import { signingKeysProvider } from './signing-keys.provider.js';
import { AuthThrottleModule } from './throttling/auth-throttle.module.js';

const accessTokens = {
  provide: AccessTokens,
  inject: [SigningKeys, AuthConfig],
  useFactory: (keys: SigningKeys, { jwtIssuer, jwtAudience, accessTokenTtlMs }: AuthConfig) =>
    new AccessTokens({ keys, issuer: jwtIssuer, audience: jwtAudience, ttlMs: accessTokenTtlMs }),
};

const refreshTokens = {
  provide: RefreshTokens,
  inject: [AuthConfig],
  useFactory: ({ jwtSecret }: AuthConfig) => new RefreshTokens(jwtSecret),
};

/** Who is calling, and how they prove it. */
@Module({
  imports: [UsersModule, AuditModule, AuthThrottleModule],
  controllers: [AuthController, SessionsController],
  providers: [
    signingKeysProvider,
    accessTokens,
    refreshTokens,
    hashThreadsProvider,
    passwordHasherProvider,
    AuthService,
    SessionsService,
    TokenIssuer,
    PasswordUpgradeService,
    FeedConnection,
    RevocationFeed,
    RevocationsService,
    JwtStrategy,
    KeyReader,
    KnownKeys,
    KeyUses,
    ApiKeyVerifier,
    AccessGuard,
  ],
  exports: [SigningKeys, AccessGuard, SessionsService, RevocationsService, PasswordHasher],
})
export class AuthModule {}
