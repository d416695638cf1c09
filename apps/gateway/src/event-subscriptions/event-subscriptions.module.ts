import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { DeliveriesService } from './deliveries.service.js';
import { SubscriptionsController } from './subscriptions.controller.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** CloudEvents: what goes out. */
@Module({
  imports: [AuditModule, SecretsModule],
  controllers: [SubscriptionsController],
  providers: [SubscriptionsService, DeliveriesService],
})
export class EventSubscriptionsModule {}
