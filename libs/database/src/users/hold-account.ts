import { notFound } from '@app/contracts';
import type { PoolClient } from 'pg';

const holdAccountSql = 'SELECT FROM users WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE';

/**
 * Has whoever counts what an account has, to add to it, do so one after the other.
 * @param client within a transaction
 * @throws AppError NOT_FOUND when the account is gone
 */
export async function holdAccount(client: PoolClient, userId: string): Promise<void> {
  if ((await client.query(holdAccountSql, [userId])).rowCount === 0) throw notFound('account');
}
