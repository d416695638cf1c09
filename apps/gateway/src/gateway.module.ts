import {
  AccountConfig,
  ApiKeysConfig,
  AuthConfig,
  BoundsConfig,
  BlobsConfig,
  ConfigModule,
  DatabaseConfig,
  EgressConfig,
  EncryptionConfig,
  ErasureConfig,
  HttpConfig,
  OauthConfig,
  QuotaConfig,
  RateLimitConfig,
  RedisConfig,
  S3Config,
  ServiceConfig,
  StepUpConfig,
  WebauthnConfig,
} from '@app/config';
import { ServiceName } from '@app/contracts';
import { DatabaseModule } from '@app/database';
import { MessagingModule } from '@app/messaging';
import { ObservabilityModule } from '@app/observability';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { AccessGuard } from './auth/access.guard.js';
import { AccountsModule } from './auth/accounts.module.js';
import { AuthModule } from './auth/auth.module.js';
import { StepUpGuard } from './auth/step-up/step-up.guard.js';
import { StepUpModule } from './auth/step-up/step-up.module.js';
import { CommandInbox } from './command-inbox.service.js';
import { EventSubscriptionsModule } from './event-subscriptions/event-subscriptions.module.js';
import { ContentModule } from './content/content.module.js';
import { IntegrationsModule } from './integrations/integrations.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { HooksModule } from './hooks/hooks.module.js';
import { AcceptGuard } from './http/accept.guard.js';
import { HttpModule } from './http/http.module.js';
import { KeptSecretGuard } from './http/idempotency/kept-secret.guard.js';
import { RateLimitGuard } from './http/rate-limit/rate-limit.guard.js';
import { UndeclaredInputGuard } from './http/undeclared-input.guard.js';
import { OauthModule } from './oauth/oauth.module.js';
import { DocsModule } from './openapi/docs.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PasskeysModule } from './passkeys/passkeys.module.js';
import { RunsModule } from './runs/runs.module.js';
import { SchedulesModule } from './schedules/schedules.module.js';
import { SecretsModule } from './secrets/secrets.module.js';
import { ServiceAccountsModule } from './service-accounts/service-accounts.module.js';
import { PeopleModule } from './users/people.module.js';
import { WellKnownModule } from './well-known/well-known.module.js';
import { TasksModule } from './tasks/tasks.module.js';
import { WorkflowsModule } from './workflows/workflows.module.js';

/** The configuration of this process. */
export const gatewayConfigs = [
  AccountConfig,
  BoundsConfig,
  ServiceConfig,
  HttpConfig,
  RateLimitConfig,
  DatabaseConfig,
  RedisConfig,
  AuthConfig,
  OauthConfig,
  ApiKeysConfig,
  StepUpConfig,
  WebauthnConfig,
  EncryptionConfig,
  EgressConfig,
  ErasureConfig,
  QuotaConfig,
  BlobsConfig,
  S3Config,
];

@Module({
  imports: [
    ConfigModule.forRoot(gatewayConfigs, ServiceName.Gateway),
    ObservabilityModule.forProcess(ServiceName.Gateway),
    DatabaseModule,
    MessagingModule.forService(ServiceName.Gateway),
    HttpModule,
    AuthModule,
    OauthModule,
    AccountsModule,
    PasskeysModule,
    PagesModule,
    StepUpModule,
    HealthModule,
    DocsModule,
    WellKnownModule,
    TasksModule,
    WorkflowsModule,
    RunsModule,
    HooksModule,
    SchedulesModule,
    EventsModule,
    EventSubscriptionsModule,
    SecretsModule,
    ContentModule,
    IntegrationsModule,
    PeopleModule,
    ApiKeysModule,
    ServiceAccountsModule,
  ],
  providers: [
    CommandInbox,
    // Every route passes these, in this order.
    { provide: APP_GUARD, useExisting: AccessGuard },
    { provide: APP_GUARD, useExisting: RateLimitGuard },
    { provide: APP_GUARD, useExisting: StepUpGuard },
    { provide: APP_GUARD, useExisting: AcceptGuard },
    { provide: APP_GUARD, useExisting: KeptSecretGuard },
    { provide: APP_GUARD, useExisting: UndeclaredInputGuard },
  ],
})
export class GatewayModule {}
