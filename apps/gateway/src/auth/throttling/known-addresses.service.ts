import { Injectable } from '@nestjs/common';
import { isIP } from 'node:net';
import { Pool } from 'pg';
import { networkOf } from '../../http/rate-limit/network.js';
import { signedInFrom } from './known-addresses.sql.js';

/** From where people have signed in before. */
@Injectable()
export class KnownAddresses {
  constructor(private readonly pool: Pool) {}

  /**
   * Whether an account has had a session from an address; false when there is no such account.
   * @param isProved whether it has to be proved that the e-mail address is the person's
   */
  async isKnown(email: string, ipAddress: string, { isProved }: { isProved: boolean }): Promise<boolean> {
    // What a proxy of ours forwards need not be an address, and PostgreSQL knows no zones.
    const [address = ''] = ipAddress.split('%', 1);
    if (isIP(address) === 0) return false;
    const { rows } = await this.pool.query<{ known: boolean }>(signedInFrom, [
      email,
      address,
      networkOf(address),
      isProved,
    ]);
    return rows[0]?.known ?? false;
  }
}
