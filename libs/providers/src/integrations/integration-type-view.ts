import { IntegrationType, type IntegrationTypeDto } from '@app/contracts';
import { shapeSchema } from '@app/definition';
import { integrationKind } from './registry.js';

/** What each type needs, read off the rules it is checked with. */
export function integrationTypeViews(): IntegrationTypeDto[] {
  return Object.values(IntegrationType).map((type) => {
    const { description, example, config, credentials } = integrationKind(type);
    return {
      type,
      description,
      example: { type, name: type, ...example },
      config_schema: shapeSchema(config),
      credentials_schema: shapeSchema(credentials),
    };
  });
}
