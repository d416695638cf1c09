import { IntegrationType } from '@app/contracts';
import { airtableKind } from './airtable.kind.js';
import { captchaKind } from './captcha.kind.js';
import { githubKind } from './github.kind.js';
import { googleKind } from './google.kind.js';
import { httpKind } from './http.kind.js';
import type { IntegrationKind } from './integration-kind.js';
import { notionKind } from './notion.kind.js';
import { slackKind } from './slack.kind.js';
import { stripeKind } from './stripe.kind.js';
import { surveyKind } from './survey.kind.js';

/** Every type of integrations: a type without a kind is a compile error. */
const kinds = {
  google: googleKind,
  github: githubKind,
  slack: slackKind,
  stripe: stripeKind,
  notion: notionKind,
  airtable: airtableKind,
  survey: surveyKind,
  captcha: captchaKind,
  http: httpKind,
} as const satisfies Record<IntegrationType, unknown>;

/** The kind of a type. Its functions take objects of its own classes, which have been checked. */
export function integrationKind(type: IntegrationType): IntegrationKind {
  return kinds[type] as unknown as IntegrationKind;
}
