import { checkShape } from './check-shape.js';
import { CheckedExpressions, expressionMistakes } from './checked-expressions.js';
import type { Mistakes } from './mistakes.js';
import { foundExpressions } from '../expressions/found-expressions.js';
import { WebhookTrigger } from './webhook-trigger.shape.js';

/**
 * Headers that a workflow may answer with. What else there is speaks for the whole origin, which the API shares
 * (cookies, policies), or belongs to the connection.
 */
const ANSWER_HEADER =
  /^(content-(type|language|disposition)|cache-control|etag|expires|last-modified|link|retry-after|vary|x-[a-z0-9-]{1,98})$/i;

/**
 * Checks `config.trigger` of a workflow that webhooks start. It yields between two things that each take little time.
 * @param path JSON path of the trigger
 */
export function* checkWebhookTrigger(trigger: unknown, path: string, mistakes: Mistakes): Generator<void, void> {
  const { value, errors } = checkShape(WebhookTrigger, trigger, path);
  mistakes.push(...errors);
  if (errors.length > 0) return;
  const { dedupe, respond, challenge, verify } = value;
  const at = (field: string, message: string): void => mistakes.push({ field: `${path}.${field}`, message });
  if (dedupe !== undefined) mistakes.push(...expressionMistakes(dedupe, `${path}.dedupe`));
  yield* checkTemplate(respond?.status, `${path}.respond.status`, mistakes);
  yield* checkTemplate(respond?.body, `${path}.respond.body`, mistakes);
  for (const [name, text] of Object.entries(respond?.headers ?? {})) {
    if (!ANSWER_HEADER.test(name)) at(`respond.headers.${name}`, headerAdvice);
    if (typeof text !== 'string') at(`respond.headers.${name}`, 'must be a text');
    yield* checkTemplate(text, `${path}.respond.headers.${name}`, mistakes);
  }
  if (respond?.mode === 'accepted' && Object.values(respond).filter((part) => part !== undefined).length > 1) {
    at('respond', 'has settings that only go with the mode output');
  }
  if (typeof respond?.status === 'number' && respond.status >= 300 && respond.status < 400) {
    at('respond.status', 'must not be a redirect');
  }
  if (challenge?.type === 'meta' && challenge.secret === undefined && verify?.secret === undefined) {
    at('challenge.secret', 'names the secret that is the verify token: give it');
  }
}

/** The first expression of a template that does not parse. */
function* checkTemplate(value: unknown, field: string, mistakes: Mistakes): Generator<void, void> {
  const expressions = new CheckedExpressions();
  for (const found of foundExpressions(value, field)) {
    yield;
    const checked = found === undefined ? undefined : expressions.check(found.text);
    if (checked === undefined || !('mistake' in checked)) continue;
    mistakes.push({ field, message: checked.mistake });
    return;
  }
}

const headerAdvice =
  'cannot be set: possible are Content-Type, Content-Language, Content-Disposition, Cache-Control, ETag, Expires, ' +
  'Last-Modified, Link, Retry-After, Vary and whatever begins with X-';
