import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { LruMap } from '../../http/lru-map.js';
import { noteUses } from './known-key.sql.js';

const MINUTE_MS = 60_000;

/** Uses within so long are written together. */
const TOGETHER_MS = 500;

const MOST = 10_000;

/** When keys were used last: written beside the requests, once a minute for each, and no request fails for it. */
@Injectable()
export class KeyUses implements OnApplicationShutdown {
  private readonly logger = new Logger(KeyUses.name);
  /** When a key's use was noted here last, on `performance.now()`. */
  private readonly noted = new LruMap<string, number>(MOST);
  private readonly unwritten = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly pool: Pool) {}

  note(keyId: string): void {
    const now = performance.now();
    if (now - (this.noted.get(keyId) ?? Number.NEGATIVE_INFINITY) < MINUTE_MS) return;
    this.noted.set(keyId, now);
    this.unwritten.add(keyId);
    this.timer ??= setTimeout(() => {
      this.writing = this.write();
    }, TOGETHER_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.writing;
    if (this.unwritten.size > 0) await this.write();
  }

  /** Never rejects: a use that could not be written is written with the next one, a minute later. */
  private async write(): Promise<void> {
    this.timer = undefined;
    const ids = [...this.unwritten];
    this.unwritten.clear();
    try {
      await this.pool.query(noteUses, [ids]);
    } catch (error) {
      this.logger.warn(error, 'the last use of API keys is not written');
    }
  }
}
