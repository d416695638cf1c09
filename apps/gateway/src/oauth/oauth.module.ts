import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { AccountsModule } from '../auth/accounts.module.js';
import { AuthThrottleModule } from '../auth/throttling/auth-throttle.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { UsersModule } from '../users/users.module.js';
import { ExchangeCodes } from './flow/exchange-codes.js';
import { PendingFlows } from './flow/pending-flows.js';
import { OauthAccountsService } from './identities/oauth-accounts.service.js';
import { OauthIdentitiesController } from './identities/oauth-identities.controller.js';
import { OauthIdentitiesService } from './identities/oauth-identities.service.js';
import { OauthLinkService } from './oauth-link.service.js';
import { OauthController } from './oauth.controller.js';
import { OauthService } from './oauth.service.js';
import { OauthProviders } from './providers/oauth-providers.js';

/** Sign-in with Google, GitHub and Apple. */
@Module({
  imports: [AccountsModule, AuditModule, AuthModule, AuthThrottleModule, SecretsModule, UsersModule],
  controllers: [OauthController, OauthIdentitiesController],
  providers: [
    OauthProviders,
    PendingFlows,
    ExchangeCodes,
    OauthAccountsService,
    OauthIdentitiesService,
    OauthLinkService,
    OauthService,
  ],
})
export class OauthModule {}
