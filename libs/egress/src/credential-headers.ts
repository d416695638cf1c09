/** Words in a header's name that say that its value proves something, or is meant for one receiver. */
const CREDENTIAL =
  /(^|[-_])(authorization|auth|cookie2?|api-?key|apikey|key|token|secret|credentials?|password|passwd|signature|session(id)?|jwt|assertion)($|[-_])/i;

/** Says something of one host alone. */
const ofOneHost: ReadonlySet<string> = new Set(['host', 'origin', 'referer']);

/** Headers of a body, which go with it (Fetch standard, "request-body-header name"). */
const ofBody: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
  'content-length',
]);

/**
 * What may be sent to another origin: no credentials, going by their names (Authorization, Cookie, X-API-Key,
 * Idempotency-Key, X-Vault-Token …), and none of `secret`.
 */
export function withoutCredentials(
  headers: Readonly<Record<string, string>>,
  secret: readonly string[] = [],
): Record<string, string> {
  const secretNames = new Set(secret.map((name) => name.toLowerCase()));
  return without(headers, (name) => CREDENTIAL.test(name) || ofOneHost.has(name) || secretNames.has(name));
}

export function withoutBodyHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return without(headers, (name) => ofBody.has(name));
}

function without(headers: Readonly<Record<string, string>>, drops: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !drops(name.toLowerCase())));
}
