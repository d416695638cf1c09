import { IsDivisibleBy, Max, Min } from 'class-validator';
import { bytes } from '../parsers/bytes.parser.js';
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

  /** Passwords hashed at the same time; each takes a thread and PASSWORD_HASH_MEMORY, further ones wait. */
  @Variable('PASSWORD_HASH_CONCURRENCY', integer)
  @Min(1)
  @Max(64)
  passwordHashConcurrency = 2;

  /** Memory of one hash (argon2id), in whole KiB. As RFC 9106 recommends; 19456KiB is the least that OWASP accepts. */
  @Variable('PASSWORD_HASH_MEMORY', bytes)
  @IsDivisibleBy(1_024)
  @Min(19_456 * 1_024)
  @Max(2_147_483_648)
  passwordHashMemoryBytes = 67_108_864;

  /** Passes of one hash over its memory. Hashes with less of either are replaced at the next sign-in. */
  @Variable('PASSWORD_HASH_PASSES', integer)
  @Min(2)
  @Max(100)
  passwordHashPasses = 3;

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
