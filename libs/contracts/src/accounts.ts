/** What a person may do beyond their own things. Everybody has `user`. */
export const UserRole = { User: 'user', Admin: 'admin' } as const;
export type UserRole = (typeof UserRole)[keyof typeof UserRole];

/** Where an account was made. */
export const AuthProvider = { Local: 'local', Google: 'google', Github: 'github', Apple: 'apple' } as const;
export type AuthProvider = (typeof AuthProvider)[keyof typeof AuthProvider];

/** Who an account is for. A service account is a machine's: it has API keys and no way to sign in. */
export const UserKind = { Person: 'person', Service: 'service' } as const;
export type UserKind = (typeof UserKind)[keyof typeof UserKind];

/** How somebody proved who they are, at sign-in or later in the same session. */
export const ProofMethod = {
  Password: 'password',
  Passkey: 'passkey',
  Google: 'google',
  Github: 'github',
  Apple: 'apple',
} as const;
export type ProofMethod = (typeof ProofMethod)[keyof typeof ProofMethod];

/** What a row of the revocation feed is about: one session, everything issued to a user so far, one API key. */
export const RevocationKind = { Session: 'session', User: 'user', ApiKey: 'api_key' } as const;
export type RevocationKind = (typeof RevocationKind)[keyof typeof RevocationKind];

/** What a one-time token is good for; it is refused for anything else. */
export const OneTimeTokenPurpose = {
  EmailVerification: 'email_verification',
  PasswordReset: 'password_reset',
  OauthState: 'oauth_state',
  OauthExchange: 'oauth_exchange',
  PasskeyChallenge: 'passkey_challenge',
  StreamTicket: 'stream_ticket',
  StepUp: 'step_up',
  Invitation: 'invitation',
  FirstAdmin: 'first_admin',
} as const;
export type OneTimeTokenPurpose = (typeof OneTimeTokenPurpose)[keyof typeof OneTimeTokenPurpose];

/** Whether a passkey can leave its device (WebAuthn Level 3 §6.1.3), in the words of @simplewebauthn/server. */
export const PasskeyDeviceType = { SingleDevice: 'singleDevice', MultiDevice: 'multiDevice' } as const;
export type PasskeyDeviceType = (typeof PasskeyDeviceType)[keyof typeof PasskeyDeviceType];
