import { decrypt, encrypt } from './encryption.js';
import type { KeyRing } from './key-ring.js';

/** Which secret a ciphertext is: in another user's row, or under another name, it does not decrypt. */
export interface SecretOwner {
  userId: string;
  name: string;
}

/** Encrypts the value of a user's secret for the table `secrets`. */
export function sealSecret(ring: KeyRing, owner: SecretOwner, value: string): string {
  return encrypt(ring, value, associatedData(owner));
}

/**
 * The value of a user's secret as `sealSecret` got it.
 * @throws AppError INTERNAL_ERROR when the ciphertext was changed, is another secret's, or its key is gone
 */
export function openSecret(ring: KeyRing, owner: SecretOwner, sealed: string): string {
  return decrypt(ring, sealed, associatedData(owner));
}

/** Encrypts what a subscription's deliveries are signed with: in another subscription's row it does not decrypt. */
export function sealSubscriptionSecret(ring: KeyRing, subscriptionId: string, value: string): string {
  return encrypt(ring, value, subscriptionData(subscriptionId));
}

/**
 * What a subscription's deliveries are signed with.
 * @throws AppError INTERNAL_ERROR when the ciphertext was changed, is another subscription's, or its key is gone
 */
export function openSubscriptionSecret(ring: KeyRing, subscriptionId: string, sealed: string): string {
  return decrypt(ring, sealed, subscriptionData(subscriptionId));
}

/** Whose flow a ciphertext is: the browser that began it (a hash of its cookie), or the session of who is signed in. */
export interface FlowOwner {
  provider: string;
  holder: string;
}

/** Encrypts what proves a sign-in at a provider that is under way: in the row of another one it does not decrypt. */
export function sealFlow(ring: KeyRing, owner: FlowOwner, value: string): string {
  return encrypt(ring, value, flowData(owner));
}

/**
 * What proves a sign-in at a provider, as `sealFlow` got it.
 * @throws AppError INTERNAL_ERROR when the ciphertext was changed, is another flow's, or its key is gone
 */
export function openFlow(ring: KeyRing, owner: FlowOwner, sealed: string): string {
  return decrypt(ring, sealed, flowData(owner));
}

function flowData({ provider, holder }: FlowOwner): string {
  return `oauth_state:${provider}:${holder}`;
}

function subscriptionData(subscriptionId: string): string {
  return `event_subscriptions:${subscriptionId}`;
}

function associatedData({ userId, name }: SecretOwner): string {
  return `secrets:${userId}:${name}`;
}
