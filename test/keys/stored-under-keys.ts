import { OauthProviderName } from '@app/contracts';
import type { Pool } from 'pg';
import { PendingFlows } from '../../apps/gateway/src/oauth/flow/pending-flows.js';
import type { TestGateway, TestUser } from '../gateway/test-gateway.js';

/** One of everything that is stored under the key ring, written by the services that write it. */
export async function storeEverything(gateway: TestGateway, user: TestUser): Promise<{ state: string }> {
  await done(user, 'POST', '/secrets', { name: 'one', value: 's3cret' });
  await done(user, 'POST', '/integrations', { type: 'github', name: 'GitHub', credentials: { token: 'ghp_sesame' } });
  const subscription = { types: ['org.example.*'], url: 'http://127.0.0.1:9/events' };
  const { id } = await done(user, 'POST', '/event-subscriptions', subscription);
  await done(user, 'POST', `/event-subscriptions/${String(id)}/rotate-secret`);
  const flow = { provider: OauthProviderName.Github, returnUrl: 'https://app.test/', codeChallenge: undefined };
  const intent = { kind: 'sign_in' as const, browserHash: 'b'.repeat(64) };
  const { state } = await gateway.app.get(PendingFlows).begin({ ...flow, intent, invitation: 'inv' });
  return { state };
}

/** What the API answers. Throws unless it is a success. */
export async function done(
  user: TestUser,
  method: string,
  path: string,
  body?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await user.call(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Tables that hold something under a key, wherever in a row it stands. */
export async function tablesUnder(pool: Pool, key: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const text = `SELECT 1 FROM "${name}" t WHERE t::text LIKE $1 LIMIT 1`;
    if ((await pool.query(text, [`%v1.${key}.%`])).rows.length > 0) found.push(name);
  }
  return found.sort();
}
