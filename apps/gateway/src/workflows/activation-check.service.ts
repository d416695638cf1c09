import { conflict } from '@app/contracts';
import { WebhookTrigger } from '@app/definition';
import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { SecretsService } from '../secrets/secrets.service.js';
import type { Definition } from './definition.js';

/** Keeps a workflow from looking active when nothing could start it. */
@Injectable()
export class ActivationCheckService {
  constructor(private readonly secrets: SecretsService) {}

  /** @throws AppError CONFLICT with what has to be done first */
  async assertCanFire(userId: string, { trigger_type, config }: Definition): Promise<void> {
    switch (trigger_type) {
      case 'manual':
        return;
      case 'webhook':
        return this.assertSecretExists(userId, plainToInstance(WebhookTrigger, config['trigger'] ?? {}));
      case 'cron':
      case 'event':
        throw conflict(
          `This release does not fire ${trigger_type} triggers yet. Leave the workflow inactive and execute it by hand, ` +
            'or give it the trigger type webhook.',
        );
    }
  }

  private async assertSecretExists(userId: string, { verify }: WebhookTrigger): Promise<void> {
    if (verify?.secret === undefined || (await this.secrets.exists(userId, verify.secret))) return;
    throw conflict(
      `The trigger is verified with the secret '${verify.secret}', which does not exist: create it first.`,
    );
  }
}
