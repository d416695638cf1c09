import { Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { AcceptGuard } from './accept.guard.js';
import { AccessLog } from './access-log.js';
import { DeclaredAccessCheck } from './access/declared-access.check.js';
import { HttpMetrics } from './http-metrics.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { IdempotencyKeys } from './idempotency/idempotency-keys.service.js';
import { KeptSecretGuard } from './idempotency/kept-secret.guard.js';
import { KnownRoutes } from './known-routes.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { HttpRateLimitModule } from './rate-limit/http-rate-limit.module.js';
import { RequestHooks } from './request-hooks.js';
import { UndeclaredInputGuard } from './undeclared-input.guard.js';
import { DtoPipe } from './validation/dto.pipe.js';

/** What every route of the API has in common. */
@Module({
  imports: [DiscoveryModule, HttpRateLimitModule],
  providers: [
    KnownRoutes,
    AccessLog,
    HttpMetrics,
    RequestHooks,
    DeclaredAccessCheck,
    AcceptGuard,
    KeptSecretGuard,
    UndeclaredInputGuard,
    IdempotencyKeys,
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: DtoPipe },
  ],
  exports: [HttpRateLimitModule, RequestHooks, DeclaredAccessCheck, AcceptGuard, KeptSecretGuard, UndeclaredInputGuard],
})
export class HttpModule {}
