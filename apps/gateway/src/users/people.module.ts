import { BlobsModule } from '@app/blobs';
import { Module } from '@nestjs/common';
import { AccountMailModule } from '../account-mail/account-mail.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { UserAdministrationController } from './administration/user-administration.controller.js';
import { UserAdministrationService } from './administration/user-administration.service.js';
import { DeletionService } from './deletion/deletion.service.js';
import { ExportController } from './export/export.controller.js';
import { ExportService } from './export/export.service.js';
import { MeController } from './profile/me.controller.js';
import { ProfileService } from './profile/profile.service.js';
import { StopActingService } from './stop-acting.service.js';
import { UsersModule } from './users.module.js';

/** What people do with their accounts, and administrators with everybody's. */
@Module({
  imports: [UsersModule, AuthModule, AuditModule, AccountMailModule, BlobsModule, RunsModule],
  controllers: [MeController, ExportController, UserAdministrationController],
  providers: [ProfileService, DeletionService, ExportService, StopActingService, UserAdministrationService],
})
export class PeopleModule {}
