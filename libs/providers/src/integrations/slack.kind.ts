import { BaseUrl } from './base-url.rule.js';
import { bearer, type IntegrationKind } from './integration-kind.js';
import { ProviderConfig } from './provider-config.js';
import { Token } from './token.rule.js';

export class SlackConfig extends ProviderConfig {
  @BaseUrl()
  base_url: string = 'https://slack.com/api';
}

export class SlackCredentials {
  @Token()
  bot_token: string;
}

export const slackKind: IntegrationKind<SlackConfig, SlackCredentials> = {
  description: 'A Slack workspace, with the bot token of an app that is installed there.',
  config: SlackConfig,
  credentials: SlackCredentials,
  example: { config: {}, credentials: { bot_token: 'xoxb-0123456789' } },
  moreOrigins: ['https://files.slack.com'],
  headers: ({ bot_token }) => bearer(bot_token),
};
