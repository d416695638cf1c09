/** Headers that are credentials by their definition. */
const credentials = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** What senders call the headers that prove where a delivery comes from: `x-hub-signature-256`, `x-gitlab-token`. */
const PROOF = /signature|hmac|token|secret|api-?key/;

/**
 * Whether a header stays out of what is stored of a delivery: whoever can read a run must not be able to repeat it.
 * @param name in lower case
 * @param proofHeader the header that the workflow's own rules verify, in any case
 */
export function isPrivateHeader(name: string, proofHeader: string | undefined): boolean {
  return credentials.has(name) || PROOF.test(name) || name === proofHeader?.toLowerCase();
}
