import type { Scope } from '@app/contracts';
import { BoundedQueue } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { findGoodKey } from './known-key.sql.js';

/** A key that was good when it was read, and whom it speaks for. */
export interface GoodKey {
  id: string;
  user_id: string;
  email: string;
  /** Whose machine the account is; null for a person's own key. */
  owner_id: string | null;
  scopes: Scope[];
  /** Numeric: as text. */
  expires_in_ms: string;
}

/** Keys that are made up must not take the whole pool: so many are looked for at a time, and so many wait. */
const AT_A_TIME = 4;
const MOST_WAITING = 500;

/** Looks keys up in PostgreSQL. */
@Injectable()
export class KeyReader {
  private readonly queue = new BoundedQueue(AT_A_TIME, MOST_WAITING, 'API keys that are not known here yet');

  constructor(private readonly pool: Pool) {}

  /** @throws AppError SERVICE_UNAVAILABLE when too many are looked for */
  read(hash: string): Promise<GoodKey | undefined> {
    return this.queue.run(async () => {
      const { rows } = await this.pool.query<GoodKey>(findGoodKey, [hash]);
      return rows[0];
    });
  }
}
