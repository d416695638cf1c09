import * as argon2 from '@node-rs/argon2';
import { BoundedQueue } from './bounded-queue.js';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet). */
const options: argon2.Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** About ten seconds of work per thread: who waits longer has given up. */
const MOST_WAITING = 500;

export interface PasswordHasherOptions {
  /** Hashes computed at the same time, each on a thread of libuv's pool. */
  concurrency: number;
}

/**
 * Hashes passwords with argon2id (RFC 9106), off the event loop. At most `concurrency` are under way, so that a flood
 * of sign-ins takes its turn instead of all threads and memory.
 */
export class PasswordHasher {
  private readonly queue: BoundedQueue;
  private stranger: Promise<string> | undefined;

  /** @param argon2id does the work; a test counts it */
  constructor(
    { concurrency }: PasswordHasherOptions,
    private readonly argon2id: Pick<typeof argon2, 'hash' | 'verify'> = argon2,
  ) {
    this.queue = new BoundedQueue(concurrency, MOST_WAITING);
  }

  /**
   * The hash of a password in PHC format, which holds salt and parameters.
   * @throws AppError SERVICE_UNAVAILABLE when too many are waiting
   */
  hash(password: string): Promise<string> {
    return this.queue.run(() => this.argon2id.hash(normalized(password), options));
  }

  /**
   * Whether a password belongs to a hash. Without a hash (no such account, or one without a password) it takes the
   * same time and is false: the answer's time tells nothing.
   * @throws AppError SERVICE_UNAVAILABLE when too many are waiting
   */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    // Made once, of a text nobody can send: verifying against it costs what a real one costs.
    this.stranger ??= this.argon2id.hash('\0', options);
    const against = stored ?? (await this.stranger);
    const matches = await this.queue.run(() => this.argon2id.verify(against, normalized(password)));
    return matches && stored !== undefined;
  }
}

/** The same password may be typed as different code points (NIST SP 800-63B-4 §3.1.1.2). */
function normalized(password: string): string {
  return password.normalize('NFKC');
}
