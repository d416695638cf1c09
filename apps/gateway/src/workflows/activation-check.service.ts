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
      case 'cron':
      case 'event':
        return;
      case 'webhook':
        return this.assertSecretsExist(userId, plainToInstance(WebhookTrigger, config['trigger'] ?? {}));
    }
  }

  private async assertSecretsExist(userId: string, { verify, challenge }: WebhookTrigger): Promise<void> {
    for (const name of [verify?.secret, challenge?.secret]) {
      if (name === undefined || (await this.secrets.exists(userId, name))) continue;
      throw conflict(`The trigger is verified with the secret '${name}', which does not exist: create it first.`);
    }
  }
}
