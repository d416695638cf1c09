import { Module } from '@nestjs/common';
import { DatabaseChecks } from './database-checks.js';
import { HealthController } from './health.controller.js';

/** Alive, and ready. */
@Module({ controllers: [HealthController], providers: [DatabaseChecks] })
export class HealthModule {}
