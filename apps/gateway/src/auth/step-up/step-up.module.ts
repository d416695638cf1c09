import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { PasskeysModule } from '../../passkeys/passkeys.module.js';
import { AuthModule } from '../auth.module.js';
import { Proofs } from './proofs.service.js';
import { StepUpController } from './step-up.controller.js';
import { StepUpGuard } from './step-up.guard.js';
import { StepUpService } from './step-up.service.js';

/** Proving again who one is, before sensitive actions. */
@Module({
  imports: [AuthModule, PasskeysModule, AuditModule],
  controllers: [StepUpController],
  providers: [Proofs, StepUpGuard, StepUpService],
  exports: [StepUpGuard],
})
export class StepUpModule {}
