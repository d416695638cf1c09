import { DatabaseConfig } from '@app/config';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import type { Revocation } from './revoked-subjects.js';
import { readRevocations } from './revocations.sql.js';

interface FeedRow {
  next: string;
  rows: Revocation[];
}

/** Milliseconds for one look; a slower one is given up and its connection with it. */
const TIMEOUT_MS = 900;

/** A connection of the feed's own: requests that keep the whole pool busy must not make the feed late. */
@Injectable()
export class FeedConnection implements OnApplicationShutdown {
  private readonly pool: Pool;

  constructor({ url, ssl }: DatabaseConfig) {
    this.pool = new Pool({
      connectionString: url,
      ssl,
      max: 1,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      application_name: 'biometrics revocation feed',
    });
    // The next look meets the error, if there still is one.
    this.pool.on('error', () => undefined);
  }

  async read(since: string): Promise<FeedRow> {
    const look = { name: 'read-revocations', text: readRevocations, values: [since] };
    const result = await this.pool.query<FeedRow>(look);
    const [row] = result.rows;
    if (row === undefined) throw new Error('The revocation feed answered without a row.');
    return row;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
