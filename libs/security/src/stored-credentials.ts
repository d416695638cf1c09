import { openEnvelope, sealEnvelope } from './envelope.js';
import type { KeyRing } from './key-ring.js';

/** Which integration's credentials a ciphertext is, and which of those it had: anywhere else it does not decrypt. */
export interface CredentialsOwner {
  userId: string;
  integrationId: string;
  /** `credentials_version` of the row: credentials that were replaced do not come back with their ciphertext. */
  version: number;
}

/** Seals an integration's credentials for the column `credentials`. */
export function sealCredentials(ring: KeyRing, owner: CredentialsOwner, credentials: object): string {
  return sealEnvelope(ring, JSON.stringify(credentials), associatedData(owner));
}

/**
 * Credentials as `sealCredentials` got them.
 * @throws AppError INTERNAL_ERROR when the ciphertext was changed, is another row's or version's, or its key is gone
 */
export function openCredentials(ring: KeyRing, owner: CredentialsOwner, sealed: string): unknown {
  return JSON.parse(openEnvelope(ring, sealed, associatedData(owner)));
}

function associatedData({ userId, integrationId, version }: CredentialsOwner): string {
  return `integrations:${userId}:${integrationId}:credentials:${version}`;
}
