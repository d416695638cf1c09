import { Module } from '@nestjs/common';
import { StepUpGuard } from './step-up.guard.js';

/** Proving again who one is, before sensitive actions. */
@Module({ providers: [StepUpGuard], exports: [StepUpGuard] })
export class StepUpModule {}
