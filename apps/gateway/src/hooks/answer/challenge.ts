import { problem } from '../../http/problems/problem.js';
import { headerOf, type Delivery } from '../delivery/delivery.js';
import { equalTexts } from '../verification/equal-texts.js';
import { echo, type HookAnswer } from './hook-answer.js';

/**
 * The answer to Slack's `url_verification`, which comes signed like everything from there: call it once the delivery has
 * proved itself. Undefined when it is no such question.
 * Source: https://docs.slack.dev/reference/events/url_verification
 */
export function slackAnswer(delivery: Delivery): HookAnswer | undefined {
  if (!(headerOf(delivery, 'content-type') ?? '').toLowerCase().startsWith('application/json')) return undefined;
  if (!delivery.body.includes('url_verification')) return undefined;
  const body = asObject(delivery.body);
  const { type, challenge } = body as { type?: unknown; challenge?: unknown };
  return type === 'url_verification' && typeof challenge === 'string' ? echo(challenge) : undefined;
}

/**
 * The answer to Meta's question, a GET that proves itself with the verify token. Undefined when it is no such question.
 * Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests
 * @param token undefined when the secret that the trigger names does not exist
 * @throws AppError FORBIDDEN when the token is wrong
 */
export function metaAnswer({ method, query }: Delivery, token: string | undefined): HookAnswer | undefined {
  if (method !== 'GET' || query['hub.mode'] !== 'subscribe') return undefined;
  const { 'hub.verify_token': given, 'hub.challenge': challenge } = query;
  if (typeof challenge !== 'string' || typeof given !== 'string') throw problem('BAD_REQUEST');
  if (token === undefined || !equalTexts(given, token)) throw problem('FORBIDDEN');
  return echo(challenge);
}

function asObject(body: Buffer): object {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
