/** The providers an integration can be with. */
export const IntegrationType = {
  Google: 'google',
  Github: 'github',
  Slack: 'slack',
  Stripe: 'stripe',
  Notion: 'notion',
  Airtable: 'airtable',
  Survey: 'survey',
  Captcha: 'captcha',
  /** Any other API over HTTP. */
  Http: 'http',
} as const;
export type IntegrationType = (typeof IntegrationType)[keyof typeof IntegrationType];

/** Whether an integration is used; `error` until its credentials work again. */
export const IntegrationStatus = { Active: 'active', Inactive: 'inactive', Error: 'error' } as const;
export type IntegrationStatus = (typeof IntegrationStatus)[keyof typeof IntegrationStatus];
