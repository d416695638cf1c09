import { Module } from '@nestjs/common';
import { AuditService } from './audit.service.js';

/** The audit trail. */
@Module({ providers: [AuditService], exports: [AuditService] })
export class AuditModule {}
