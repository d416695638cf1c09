import type { FieldError } from '@app/contracts';

/** Most characters of an attribute: whoever needs more has data to send. */
const LONGEST = 2_048;
const LONGEST_TYPE = 255;

/** CloudEvents 1.0 §3.1, naming: lower-case letters and digits of ASCII. */
const NAME = /^[a-z0-9]{1,64}$/;
/** RFC 3986 §4.1, as far as characters go: none that has to be escaped. */
const URI_REFERENCE = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
/** RFC 2045 §5.1: type, subtype and parameters. */
const MEDIA_TYPE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(\s*;.*)?$/;
/** RFC 3339 §5.6. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
/** CloudEvents 1.0 §3.3, Integer: a signed 32-bit number. */
const [LOWEST, HIGHEST] = [-(2 ** 31), 2 ** 31 - 1];

type Check = (value: string) => string | undefined;

const isUri = (value: string): boolean => URI_REFERENCE.test(value);
const checks: Readonly<Record<string, Check>> = {
  specversion: (value) => (value === '1.0' ? undefined : "must be '1.0'"),
  id: () => undefined,
  source: (value) => (isUri(value) ? undefined : 'must be a URI reference (RFC 3986)'),
  type: (value) => (value.length <= LONGEST_TYPE ? undefined : `must have at most ${LONGEST_TYPE} characters`),
  subject: () => undefined,
  time: (value) =>
    TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value)) ? undefined : 'must be a time of RFC 3339',
  datacontenttype: (value) => (MEDIA_TYPE.test(value) ? undefined : 'must be a media type (RFC 2046)'),
  dataschema: (value) => (isUri(value) && URL.canParse(value) ? undefined : 'must be an absolute URI (RFC 3986)'),
};
const required = ['specversion', 'id', 'source', 'type'];

/**
 * What is wrong with the attributes of an event, each by its name.
 * @param attributes everything but `data` and `data_base64`; what is null is not there (json-format.md §2.2)
 */
export function attributeErrors(attributes: Readonly<Record<string, unknown>>): FieldError[] {
  const missing = required
    .filter((name) => attributes[name] === undefined)
    .map((field) => ({ field, message: 'is required' }));
  const wrong = Object.entries(attributes).flatMap(([field, value]) => {
    const message = mistakeOf(field, value);
    return message === undefined ? [] : [{ field, message }];
  });
  return [...missing, ...wrong];
}

function mistakeOf(name: string, value: unknown): string | undefined {
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
  if (check === undefined) return extensionMistake(name, value);
  if (typeof value !== 'string' || value === '') return 'must be a text that is not empty';
  if (value.length > LONGEST) return `must have at most ${LONGEST} characters`;
  return check(value);
}

function extensionMistake(name: string, value: unknown): string | undefined {
  if (!NAME.test(name)) return 'is not a name of an attribute: at most 64 of a-z and 0-9';
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'string') return value.length <= LONGEST ? undefined : `must have at most ${LONGEST} characters`;
  if (typeof value !== 'number') return 'must be a text, a boolean or a 32-bit integer';
  return Number.isInteger(value) && value >= LOWEST && value <= HIGHEST ? undefined : 'must be a 32-bit integer';
}
