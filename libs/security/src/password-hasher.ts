import * as argon2 from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import { BoundedQueue } from './bounded-queue.js';

/** What one hash costs, those who guess as well. */
export interface HashCost {
  /** Whole KiB. */
  memoryBytes: number;
  /** Over all of the memory. */
  passes: number;
}

/** Memory and passes of RFC 9106's second recommended option. Its four lanes would take turns on one thread here. */
export const RECOMMENDED_COST: HashCost = { memoryBytes: 65_536 * 1_024, passes: 3 };

/** The least that OWASP's Password Storage Cheat Sheet accepts. */
export const LEAST_COST: HashCost = { memoryBytes: 19_456 * 1_024, passes: 2 };

/** What a stored hash was made with. `$2y$` is PHP's name for what others call `$2b$`. */
const ARGON2 = /^\$argon2(?:id|i|d)\$/;
const ARGON2ID = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/;
const BCRYPT = /^\$2[aby]\$/;

/** About ten seconds of work for two threads: who waits longer has given up. */
const MOST_WAITING = 300;

export interface PasswordHasherOptions {
  /** Hashes computed at the same time, each on a thread. */
  concurrency: number;
  /**
   * Hashes handed over before their turn, so that a thread goes on with the next one at once instead of waiting for
   * the event loop; for functions that queue what they cannot do yet, as {@link HashThreads} does. Defaults to 0.
   */
  ahead?: number;
  /** Of the hashes that are made. Defaults to {@link RECOMMENDED_COST}. */
  cost?: HashCost;
}

/** What does the work; a test counts it. */
export interface HashFunctions {
  argon2id: Pick<typeof argon2, 'hash' | 'verify'>;
  bcrypt: Pick<typeof bcrypt, 'compare'>;
}

/**
 * Hashes passwords with argon2id (RFC 9106), off the event loop. At most `concurrency` are under way, so that a flood
 * of sign-ins takes its turn instead of all threads and memory. Hashes of bcrypt, brought along from elsewhere, are
 * verified as well; see {@link PasswordHasher.isOutdated}.
 */
export class PasswordHasher {
  private readonly queue: BoundedQueue;
  private readonly functions: HashFunctions;
  private readonly options: argon2.Options & { memoryCost: number; timeCost: number };
  private stranger: Promise<string> | undefined;

  /** @param functions that do the work instead of the libraries': {@link HashThreads}, or a test's, which counts it */
  constructor(
    { concurrency, ahead = 0, cost = RECOMMENDED_COST }: PasswordHasherOptions,
    functions: Partial<HashFunctions> = {},
  ) {
    this.options = { memoryCost: cost.memoryBytes / 1_024, timeCost: cost.passes, parallelism: 1 };
    this.functions = { argon2id: argon2, bcrypt, ...functions };
    this.queue = new BoundedQueue(concurrency + ahead, MOST_WAITING);
  }

  /**
   * The hash of a password in PHC format, which holds salt and parameters.
   * @throws AppError SERVICE_UNAVAILABLE when too many are waiting
   */
  hash(password: string): Promise<string> {
    return this.queue.run(() => this.functions.argon2id.hash(normalized(password), this.options));
  }

  /**
   * Whether a password belongs to a hash. Without a hash (no such account, or one without a password) it takes the
   * same time as with one of ours and is false: the answer's time tells nothing. So it is with a hash of a kind that
   * nobody here can verify.
   * @throws AppError SERVICE_UNAVAILABLE when too many are waiting
   */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    if (stored !== undefined && BCRYPT.test(stored)) return this.verifyBcrypt(password, stored);
    const known = stored !== undefined && ARGON2.test(stored) ? stored : undefined;
    // Made once, of a text nobody can send: verifying against it costs what a real one costs.
    this.stranger ??= this.functions.argon2id.hash('\0', this.options);
    const against = known ?? (await this.stranger);
    const matches = await this.queue.run(() => this.functions.argon2id.verify(against, normalized(password)));
    return matches && known !== undefined;
  }

  /**
   * Whether a hash is weaker than those made now: bcrypt, another argon2, or argon2id with less memory or fewer passes.
   * When its password is known again, at the next sign-in, it is to be replaced.
   * @param stored in PHC or modular crypt format
   */
  isOutdated(stored: string): boolean {
    const [, memory, passes] = ARGON2ID.exec(stored) ?? [];
    return !(Number(memory) >= this.options.memoryCost && Number(passes) >= this.options.timeCost);
  }

  /** The password as it was typed: those who made these hashes did not normalize. */
  private verifyBcrypt(password: string, stored: string): Promise<boolean> {
    return this.queue.run(() => this.functions.bcrypt.compare(password, stored.replace('$2y$', '$2b$')));
  }
}

/** The same password may be typed as different code points (NIST SP 800-63B-4 §3.1.1.2). */
function normalized(password: string): string {
  return password.normalize('NFKC');
}
