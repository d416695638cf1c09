import { createHash } from 'node:crypto';

/** Length of `provider_pauses.account`. */
const LONGEST_NAME = 255;

/** Whose calls a provider counts together. */
export interface ProviderAccount {
  /** Part of it, so that nothing a provider answers is any other owner's business. */
  userId: string;
  /** Where the calls go. */
  origin: string;
  /** What tells it from the owner's other accounts; at most 255 characters. */
  name: string;
}

/**
 * The account that a call belongs to: calls to one origin with the same secrets.
 * @param url an absolute URL
 * @param secretNames names, not values: another token is the same account, and nothing of it is written down
 */
export function accountOf(userId: string, url: string, secretNames: readonly string[]): ProviderAccount {
  const { origin } = new URL(url);
  const name = [origin, ...secretNames.toSorted()].join(' ');
  return { userId, origin, name: name.length <= LONGEST_NAME ? name : shortened(name) };
}

/** The account that an integration is, wherever at its provider a call goes. */
export function integrationAccount(userId: string, url: string, integrationId: string): ProviderAccount {
  return { userId, origin: new URL(url).origin, name: `integration ${integrationId}` };
}

function shortened(name: string): string {
  const hash = createHash('sha256').update(name).digest('base64url');
  return `${name.slice(0, LONGEST_NAME - hash.length - 1)} ${hash}`;
}
