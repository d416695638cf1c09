import { Module } from '@nestjs/common';
import { MigrateCommand } from './migrate.command.js';
import { MigrateDownCommand } from './migrate-down.command.js';
import { MigrateStatusCommand } from './migrate-status.command.js';
import { MigrateUpCommand } from './migrate-up.command.js';
import { MigrationsService } from './migrations.service.js';

@Module({
  providers: [MigrateCommand, MigrateUpCommand, MigrateDownCommand, MigrateStatusCommand, MigrationsService],
  exports: [MigrationsService],
})
export class MigrateModule {}
