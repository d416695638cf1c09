import { AccountMail } from '@app/contracts';
import { inWords } from './duration-in-words.js';
import { letter, type Letter } from './letter.js';

/**
 * What the letters say. None of them holds a person's name or anything else that somebody could have typed: whoever
 * signs up with a stranger's address must not be able to write to that stranger through us.
 */
export interface LetterFacts {
  /** PUBLIC_URL: where the links lead, and what the reader knows the platform by. */
  publicUrl: string;
  /** The account's address, or the invited one. */
  email: string;
}

/** A link that works once. The token stands behind `#`, which browsers send to no server: it reaches no log. */
export interface OneTimeLink {
  token: string;
  ttlMs: number;
}

/** The letter that proves an address. */
export function verificationLetter({ publicUrl, email }: LetterFacts, { token, ttlMs }: OneTimeLink): Letter {
  const place = new URL(publicUrl).host;
  return letter({
    subject: `Verify your address for ${place}`,
    paragraphs: [
      `There is an account at ${place} with the address ${email}. Follow the link to say that it is yours.`,
      `The link is good for ${inWords(ttlMs)}, and once.`,
    ],
    link: { label: 'Verify this address', url: linkTo(publicUrl, 'verify-email', token) },
    footer: 'If you have made no account there, do nothing: without you the address stays unverified.',
  });
}

/** The letter that sets a new password. */
export function passwordResetLetter({ publicUrl, email }: LetterFacts, { token, ttlMs }: OneTimeLink): Letter {
  const place = new URL(publicUrl).host;
  return letter({
    subject: `Set a new password for ${place}`,
    paragraphs: [
      `Somebody asked for a new password for the account ${email} at ${place}. Follow the link to choose one.`,
      `The link is good for ${inWords(ttlMs)}, and once. All devices will be signed out.`,
    ],
    link: { label: 'Choose a password', url: linkTo(publicUrl, 'reset-password', token) },
    footer: 'If it was not you, do nothing: the password stays as it is.',
  });
}

/** The letter that lets somebody make an account. */
export function invitationLetter({ publicUrl, email }: LetterFacts, { token, ttlMs }: OneTimeLink): Letter {
  const place = new URL(publicUrl).host;
  return letter({
    subject: `You are invited to ${place}`,
    paragraphs: [
      `An administrator of ${place} invites ${email} to make an account there.`,
      `The link is good for ${inWords(ttlMs)}, and once.`,
    ],
    link: { label: 'Make an account', url: linkTo(publicUrl, 'register', token) },
    footer: 'If you expect no invitation, do nothing: no account is made without you.',
  });
}

/** The letter that says that a password was changed. It holds no link that lets anybody in. */
export function passwordChangedLetter({ publicUrl, email }: LetterFacts): Letter {
  const place = new URL(publicUrl).host;
  return letter({
    subject: `Your password for ${place} was changed`,
    paragraphs: [`The password of the account ${email} at ${place} was changed just now.`],
    footer:
      `If it was not you, set a new one at once: choose "forgotten password" at ${publicUrl}, which signs out ` +
      'whoever is signed in. Then look through your passkeys and API keys.',
  });
}

/** The letter to the address before, that the account has another one now. It does not say which: that is typed text. */
export function emailChangedLetter({ publicUrl, email }: LetterFacts): Letter {
  const place = new URL(publicUrl).host;
  return letter({
    subject: `Your address for ${place} was changed`,
    paragraphs: [
      `The account at ${place} that had the address ${email} has another one since just now. Mails about the account ` +
        'do not come here any more, and this address does not sign in.',
    ],
    footer: `If it was not you, tell whoever runs ${place} at once: somebody else is using your account.`,
  });
}

type Page = 'verify-email' | 'reset-password' | 'register';

function linkTo(publicUrl: string, page: Page, token: string): string {
  return `${publicUrl}/account/${page}#token=${token}`;
}

/** The mails with a link that lets in whoever reads them. */
export type MailWithLink = Exclude<AccountMail, typeof AccountMail.PasswordChanged | typeof AccountMail.EmailChanged>;

export const lettersWithLink = {
  [AccountMail.Verification]: verificationLetter,
  [AccountMail.PasswordReset]: passwordResetLetter,
  [AccountMail.Invitation]: invitationLetter,
} as const satisfies Record<MailWithLink, (facts: LetterFacts, link: OneTimeLink) => Letter>;
