import { RateLimitModule } from '@app/messaging';
import { Module } from '@nestjs/common';
import { RunQuotaService } from './run-quota.service.js';

/** What one account may use. */
@Module({ imports: [RateLimitModule], providers: [RunQuotaService], exports: [RunQuotaService] })
export class QuotasModule {}
