import { AppError } from '@app/contracts';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { NowOrLater } from '../../http/now-or-later.js';
import { FeedConnection } from './feed-connection.js';
import { RevocationNews, type RevocationSubject } from './revocation-news.js';
import { RevokedSubjects, type Revocation } from './revoked-subjects.js';

const EVERY_MS = 500;

/** Older than this, what is known about revocations is not good enough to let anybody in. */
const STALE_AFTER_MS = 1_000;

/**
 * Knows which access tokens are revoked without asking the database for each request: it reads the new rows of
 * `revocations` twice a second. What this process revokes itself counts at once.
 */
@Injectable()
export class RevocationFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RevocationFeed.name);
  private readonly revoked = new RevokedSubjects();
  private readonly news = new RevocationNews();
  private since = '0';
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly connection: FeedConnection) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    this.timer = setInterval(() => void this.look(), EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Takes note of a revocation of this process, after its transaction has committed. */
  add(revocation: Revocation): void {
    this.revoked.add(revocation);
    this.news.add(revocation);
  }

  /** How far the feed has been read. Note it before reading a row of which a copy is kept. */
  get position(): number {
    return this.news.position;
  }

  /**
   * Whether an access token is revoked.
   * @throws AppError SERVICE_UNAVAILABLE when nobody can tell, because the feed cannot be read
   */
  isRevoked(token: { sessionId: string; userId: string; issuedAt: number }): NowOrLater<boolean> {
    if (!this.isStale()) return this.revoked.includes(token);
    return this.freshen().then(() => this.revoked.includes(token));
  }

  /**
   * Whether anything was taken back from one of the subjects after the feed had been read up to `position`. A copy of
   * theirs must not be kept for longer than a revocation is (see RevocationsService).
   * @throws AppError SERVICE_UNAVAILABLE when nobody can tell, because the feed cannot be read
   */
  async isOutdated(position: number, subjects: readonly RevocationSubject[]): Promise<boolean> {
    await this.freshen();
    return subjects.some((subject) => this.news.isAbout(subject, position));
  }

  private async freshen(): Promise<void> {
    if (this.isStale()) await this.look();
    if (this.isStale()) throw unavailable();
  }

  private isStale(): boolean {
    return performance.now() - this.readAt > STALE_AFTER_MS;
  }

  /** One look at a time, shared by all who wait for it. Never rejects. */
  private look(): Promise<void> {
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async read(): Promise<void> {
    // The answer is as old as the question.
    const startedAt = performance.now();
    try {
      const { next, rows } = await this.connection.read(this.since);
      for (const row of rows) this.add(row);
      this.since = next;
      this.readAt = startedAt;
      this.revoked.prune(Date.now());
      this.news.prune(Date.now());
    } catch (error) {
      this.logger.warn(error, 'revocations cannot be read');
    }
  }
}

function unavailable(): AppError {
  const message = 'Whether the access token is still good cannot be told at the moment; try again.';
  return new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'user', message, retryAfterS: 1 });
}
