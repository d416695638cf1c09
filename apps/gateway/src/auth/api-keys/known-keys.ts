import { AppError, RevocationKind } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { LruMap } from '../../http/lru-map.js';
import { RevocationFeed } from '../revocations/revocation-feed.js';
import type { RevocationSubject } from '../revocations/revocation-news.js';
import { REVOCATION_MARGIN_MS } from '../revocations/revocations.service.js';
import { KeyReader, type GoodKey } from './key-reader.js';

/** What was read, and how far the revocation feed had been read just before. */
interface Copy {
  key: GoodKey | undefined;
  position: number;
  /** On `performance.now()`: when it is to be read again. */
  goodUntil: number;
}

const MOST = 10_000;

/** Longest life of a copy: half as long as the feed at least keeps a revocation, so that none is missed. */
const LONGEST_MS = REVOCATION_MARGIN_MS / 2;

/** For so long nobody looks again for a key that was not good: an account that is activated again waits no longer. */
const NOT_GOOD_MS = 5_000;

/** A copy that is outdated before it is used so often in a row means that something writes revocations all the time. */
const MOST_READS = 3;

/**
 * The keys that are in use, by their hash, so that a program that calls a thousand times costs one look at the
 * database. A copy is only as good as the feed says: what was taken back after it was read outdates it, also when the
 * one who read it was slow to keep it.
 */
@Injectable()
export class KnownKeys {
  private readonly good = new LruMap<string, Copy>(MOST);
  /** Apart, so that keys that are made up push no good one out. */
  private readonly notGood = new LruMap<string, Copy>(MOST);
  private readonly reading = new Map<string, Promise<Copy>>();

  constructor(
    private readonly reader: KeyReader,
    private readonly feed: RevocationFeed,
  ) {}

  /**
   * The key of a hash; undefined when there is none that is good.
   * @throws AppError SERVICE_UNAVAILABLE when nobody can tell
   */
  async find(hash: string): Promise<GoodKey | undefined> {
    const copy = this.good.get(hash) ?? this.notGood.get(hash);
    if (copy !== undefined && (await this.isCurrent(copy))) return copy.key;
    for (let reads = 0; reads < MOST_READS; reads++) {
      const fresh = await this.read(hash);
      if (await this.isCurrent(fresh)) return fresh.key;
    }
    throw unavailable();
  }

  private async isCurrent({ key, position, goodUntil }: Copy): Promise<boolean> {
    const isOutdated = await this.feed.isOutdated(position, key === undefined ? [] : subjectsOf(key));
    return !isOutdated && performance.now() < goodUntil;
  }

  /** One look for a key at a time, shared by all who wait for it. */
  private read(hash: string): Promise<Copy> {
    const shared = this.reading.get(hash) ?? this.readAndKeep(hash).finally(() => this.reading.delete(hash));
    this.reading.set(hash, shared);
    return shared;
  }

  private async readAndKeep(hash: string): Promise<Copy> {
    // Both before the row is read: the answer is as old as the question.
    const { position } = this.feed;
    const startedAt = performance.now();
    const key = await this.reader.read(hash);
    const lifeMs = key === undefined ? NOT_GOOD_MS : Math.min(LONGEST_MS, Number(key.expires_in_ms));
    const copy = { key, position, goodUntil: startedAt + lifeMs };
    this.good.delete(hash);
    (key === undefined ? this.notGood : this.good).set(hash, copy);
    return copy;
  }
}

/** Whatever can be taken back from a key: itself, and the accounts it depends on. */
function subjectsOf({ id, user_id, owner_id }: GoodKey): RevocationSubject[] {
  const accounts = owner_id === null ? [user_id] : [user_id, owner_id];
  return [
    { kind: RevocationKind.ApiKey, id },
    ...accounts.map((account) => ({ kind: RevocationKind.User, id: account })),
  ];
}

function unavailable(): AppError {
  const message = 'Whether the API key is still good cannot be told at the moment; try again.';
  return new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: 1 });
}
