/** What strangers may do to get in, and therefore not often. */
export const ThrottledAction = {
  Login: 'login',
  Register: 'register',
  PasswordForgot: 'password_forgot',
  PasswordReset: 'password_reset',
  EmailVerification: 'email_verification',
  /** Asking for another mail to verify an address with. */
  EmailVerificationMail: 'email_verification_mail',
  /** Giving one's account another address, to which a mail goes. */
  EmailChange: 'email_change',
  Passkey: 'passkey',
  OAuth: 'oauth',
  /** Somebody who is signed in proves again who they are, or changes their password. */
  StepUp: 'step_up',
} as const;
export type ThrottledAction = (typeof ThrottledAction)[keyof typeof ThrottledAction];

/** Those that send a mail to whoever the address belongs to. */
export const mailingActions: ReadonlySet<ThrottledAction> = new Set([
  ThrottledAction.PasswordForgot,
  ThrottledAction.EmailVerificationMail,
  ThrottledAction.EmailChange,
]);

/** Those that can be tried until they succeed. */
export const guessingActions: ReadonlySet<ThrottledAction> = new Set([ThrottledAction.Login, ThrottledAction.StepUp]);
