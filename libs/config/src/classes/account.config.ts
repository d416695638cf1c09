import { Max, Min } from 'class-validator';
import { duration } from '../parsers/duration.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { Variable } from '../variable.decorator.js';

/** Passwords, and how long the links in mails about accounts are good for. */
export class AccountConfig {
  /** Fewest characters of a password. 15 is recommended (NIST SP 800-63B-4, 3.1.1.2). */
  @Variable('PASSWORD_MIN_LENGTH', integer)
  @Min(8)
  @Max(128)
  passwordMinLength = 8;

  /** How long the link that proves an address is good for. */
  @Variable('EMAIL_VERIFICATION_EXPIRE', duration())
  @Min(60_000)
  @Max(2_592_000_000)
  verificationTtlMs = 86_400_000;

  /** How long the link that sets a new password is good for. */
  @Variable('PASSWORD_RESET_EXPIRE', duration())
  @Min(60_000)
  @Max(86_400_000)
  passwordResetTtlMs = 1_800_000;

  /** How long an invitation is good for, and the link that the command line prints for a new account. */
  @Variable('INVITATION_EXPIRE', duration())
  @Min(60_000)
  @Max(7_776_000_000)
  invitationTtlMs = 604_800_000;
}
