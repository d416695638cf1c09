import { Module } from '@nestjs/common';
import { MigrateModule } from '../migrate/migrate.module.js';
import { UserModule } from '../user/user.module.js';
import { ServeCommand } from './serve.command.js';

@Module({ imports: [MigrateModule, UserModule], providers: [ServeCommand] })
export class ServeModule {}
