import { Module } from '@nestjs/common';
import { MigrateModule } from '../migrate/migrate.module.js';
import { ServeCommand } from './serve.command.js';

@Module({ imports: [MigrateModule], providers: [ServeCommand] })
export class ServeModule {}
