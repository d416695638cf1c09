import { escapeLiteral } from 'pg';
import { withAdmin } from './with-admin.js';

/**
 * Has the superuser of `postgresUrl` prove its password with one round of hashing (SCRAM, RFC 5802) in place of 4,096: nobody
 * guesses at this server, and each of the thousands of connections of a test run costs them on both sides.
 */
export async function cheapenPasswords(postgresUrl: string): Promise<void> {
  const { password } = new URL(postgresUrl);
  await withAdmin(postgresUrl, async (admin) => {
    await admin.query('SET scram_iterations = 1');
    await admin.query(`ALTER ROLE CURRENT_USER PASSWORD ${escapeLiteral(decodeURIComponent(password))}`);
  });
}
