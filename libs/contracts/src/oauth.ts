import { AuthProvider } from './accounts.js';

/** Where people have accounts that they can sign in with here. */
export const OauthProviderName = {
  Google: AuthProvider.Google,
  Github: AuthProvider.Github,
  Apple: AuthProvider.Apple,
} as const;
export type OauthProviderName = (typeof OauthProviderName)[keyof typeof OauthProviderName];

/** Why a sign-in with a provider led to nothing: the `error` that a browser comes back with. */
export const oauthErrors = {
  /** The person said no at the provider. */
  access_denied: 'access_denied',
  /** The provider does not answer, or is out of order. Try again later. */
  provider_unavailable: 'provider_unavailable',
  /** The provider's answer does not hold: its signature, issuer, audience, nonce or code is wrong. */
  provider_error: 'provider_error',
  /** It was another browser that began this, or one that keeps no cookies. */
  browser_mismatch: 'browser_mismatch',
  /** The provider gives no address, or none that can be used. */
  email_missing: 'email_missing',
  /** The provider does not say that the address is the person's. */
  email_unverified: 'email_unverified',
  /** The account here has this address and has never shown that it is theirs: verify it, or sign in another way. */
  account_unverified: 'account_unverified',
  /** The account may not sign in. */
  account_disabled: 'account_disabled',
  /** There is no account yet, and accounts are made by invitation. */
  registration_closed: 'registration_closed',
  /** The invitation is not good any more, or was sent to another address than the provider's. */
  invitation_unusable: 'invitation_unusable',
} as const;
export type OauthError = keyof typeof oauthErrors;
