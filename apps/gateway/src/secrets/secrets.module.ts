import { EncryptionConfig } from '@app/config';
import { KeyRing } from '@app/security';
import { Module } from '@nestjs/common';
import { SecretsController } from './secrets.controller.js';
import { SecretsService } from './secrets.service.js';

const keyRing = {
  provide: KeyRing,
  inject: [EncryptionConfig],
  useFactory: ({ keys }: EncryptionConfig) => new KeyRing(keys),
};

/** Secrets that definitions refer to by name. */
@Module({
  controllers: [SecretsController],
  providers: [keyRing, SecretsService],
  exports: [keyRing, SecretsService],
})
export class SecretsModule {}
