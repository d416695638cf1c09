import { unauthorized } from '@app/security';
import type { PoolClient } from 'pg';
import { sessionOf, type Caller } from './caller.js';

/**
 * Keeps the caller's session, and the account with it, as they are until the end of the transaction. For whatever gives
 * somebody another way in: the guard asks a feed that may be a second behind, and what was asked for a moment before
 * a password was reset must not arrive after it. To be called first, or when the transaction holds the account already.
 * @throws AppError UNAUTHORIZED when the session is over
 */
export async function holdSession(client: PoolClient, caller: Caller): Promise<void> {
  // Whoever ends sessions holds the account before; the other order would have both wait for each other.
  await client.query(holdAccount, [caller.userId]);
  const { rowCount } = await client.query(holdGoodSession, [sessionOf(caller), caller.userId]);
  if (rowCount === 0) throw unauthorized();
}

const holdAccount = 'SELECT FROM users WHERE id = $1 FOR SHARE';

const holdGoodSession = 'SELECT FROM sessions WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL FOR SHARE';
