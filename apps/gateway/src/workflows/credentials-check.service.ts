import { BoundsConfig } from '@app/config';
import { isId, type FieldError } from '@app/contracts';
import { namedIntegrations } from '@app/definition';
import { Injectable } from '@nestjs/common';
import { IntegrationsService } from '../integrations/integrations.service.js';

/** Looks after the integrations whose credentials steps use, which the language cannot know. */
@Injectable()
export class CredentialsCheck {
  constructor(
    private readonly integrations: IntegrationsService,
    private readonly bounds: BoundsConfig,
  ) {}

  /** What is wrong with the integrations that are named; nothing when none is. */
  async mistakesIn(userId: string, steps: unknown): Promise<FieldError[]> {
    // What is no id at all was said by the language already.
    const named = (await namedIntegrations(steps, this.bounds)).filter(({ id }) => isId(id));
    const own = await this.integrations.ownOf(userId, [...new Set(named.map(({ id }) => id))]);
    return named
      .filter(({ id }) => !own.has(id))
      .map(({ field }) => ({ field, message: 'is no integration of yours: create it first with POST /integrations' }));
  }
}
