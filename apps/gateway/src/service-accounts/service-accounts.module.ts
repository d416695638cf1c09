import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { ServiceAccountKeysController } from './service-account-keys.controller.js';
import { ServiceAccountsController } from './service-accounts.controller.js';
import { ServiceAccountsService } from './service-accounts.service.js';

/** Accounts for machines. */
@Module({
  imports: [ApiKeysModule, AuditModule, RunsModule],
  controllers: [ServiceAccountsController, ServiceAccountKeysController],
  providers: [ServiceAccountsService],
})
export class ServiceAccountsModule {}
