import type { FieldError } from '@app/contracts';
import { compileBare, compileTemplate } from '../expressions/template.js';
import { checkShape } from './check-shape.js';
import { WebhookTrigger } from './webhook-trigger.shape.js';

/**
 * Headers that a workflow may answer with. What else there is speaks for the whole origin, which the API shares
 * (cookies, policies), or belongs to the connection.
 */
const ANSWER_HEADER =
  /^(content-(type|language|disposition)|cache-control|etag|expires|last-modified|link|retry-after|vary|x-[a-z0-9-]{1,98})$/i;

/**
 * Checks `config.trigger` of a workflow that webhooks start.
 * @param path JSON path of the trigger
 */
export function checkWebhookTrigger(trigger: unknown, path: string): FieldError[] {
  const { value, errors } = checkShape(WebhookTrigger, trigger, path);
  if (errors.length > 0) return errors;
  const { dedupe, respond, challenge, verify } = value;
  const at = (field: string, message: string): FieldError => ({ field: `${path}.${field}`, message });
  const found: (FieldError | undefined)[] = [
    parses(`${path}.dedupe`, () => dedupe !== undefined && compileBare(dedupe)),
    parses(`${path}.respond.status`, () => compileTemplate(respond?.status)),
    parses(`${path}.respond.body`, () => compileTemplate(respond?.body)),
    ...Object.entries(respond?.headers ?? {}).flatMap(([name, text]) => [
      ANSWER_HEADER.test(name) ? undefined : at(`respond.headers.${name}`, headerAdvice),
      typeof text === 'string' ? undefined : at(`respond.headers.${name}`, 'must be a text'),
      parses(`${path}.respond.headers.${name}`, () => compileTemplate(text)),
    ]),
    respond?.mode === 'accepted' && Object.values(respond).filter((part) => part !== undefined).length > 1
      ? at('respond', 'has settings that only go with the mode output')
      : undefined,
    typeof respond?.status === 'number' && respond.status >= 300 && respond.status < 400
      ? at('respond.status', 'must not be a redirect')
      : undefined,
    challenge?.type === 'meta' && challenge.secret === undefined && verify?.secret === undefined
      ? at('challenge.secret', 'names the secret that is the verify token: give it')
      : undefined,
  ];
  return found.filter((error) => error !== undefined);
}

const headerAdvice =
  'cannot be set: possible are Content-Type, Content-Language, Content-Disposition, Cache-Control, ETag, Expires, ' +
  'Last-Modified, Link, Retry-After, Vary and whatever begins with X-';

function parses(field: string, compile: () => unknown): FieldError | undefined {
  try {
    compile();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown mistake';
    return { field, message: `is not a valid expression: ${reason}` };
  }
}
