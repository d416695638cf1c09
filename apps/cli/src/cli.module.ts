import { Module } from '@nestjs/common';
import { BiometricsCommand } from './biometrics.command.js';
import { CompletionCommand } from './completion/completion.command.js';
import { KeysModule } from './keys/keys.module.js';
import { MigrateModule } from './migrate/migrate.module.js';
import { OutputModule } from './output/output.module.js';
import { SeedModule } from './seed/seed.module.js';
import { ServeModule } from './serve/serve.module.js';
import { UserModule } from './user/user.module.js';

/** The command line. Each command is a folder. */
@Module({
  imports: [OutputModule, ServeModule, MigrateModule, SeedModule, UserModule, KeysModule],
  providers: [BiometricsCommand, CompletionCommand],
})
export class CliModule {}
