import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { networkOf } from '../../http/rate-limit/network.js';
import { signedInFrom } from './known-addresses.sql.js';

/** From where people have signed in before. */
@Injectable()
export class KnownAddresses {
  constructor(private readonly pool: Pool) {}

  /** Whether an account has had a session from an address; false when there is no such account. */
  async isKnown(email: string, ipAddress: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ known: boolean }>(signedInFrom, [email, ipAddress, networkOf(ipAddress)]);
    return rows[0]?.known ?? false;
  }
}
