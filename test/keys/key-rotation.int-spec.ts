import { OauthProviderName } from '@app/contracts';
import { KeyRing, openSecret, sealSecret } from '@app/security';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import * as security from '@app/security';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encryptedColumns } from '../../apps/cli/src/keys/encrypted-columns.js';
import { reencrypt } from '../../apps/cli/src/keys/re-encrypt.js';
import { KeysService, type Rotation } from '../../apps/cli/src/keys/keys.service.js';
import { PendingFlows } from '../../apps/gateway/src/oauth/flow/pending-flows.js';
import { KnownHooks } from '../../apps/gateway/src/hooks/known-hooks.js';
import { CredentialReader } from '../../apps/workflow/src/steps/credentials/credential-reader.js';
import { signed, hmac } from '../gateway/changing-hooks.js';
import { webhookDefinition } from '../gateway/definitions.js';
import { TestGateway, type TestUser } from '../gateway/test-gateway.js';
import { done, storeEverything, tablesUnder } from './stored-under-keys.js';

const [older, newer] = [
  { id: 'older', key: randomBytes(32) },
  { id: 'newer', key: randomBytes(32) },
];
const written = (...keys: { id: string; key: Buffer }[]): string =>
  keys.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(',');
const secretsColumn = encryptedColumns.find(({ name }) => name === 'secrets.value')!;
const keys = new KeysService();

let gateway: TestGateway;
let user: TestUser;

/** The gateway knows the newer key and does not use it yet: whatever it writes is under the older one. */
beforeAll(async () => {
  gateway = await TestGateway.start({ ENCRYPTION_KEYS: written(older, newer) });
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  for (const table of ['secrets', 'integrations', 'event_subscriptions', 'one_time_tokens']) {
    await gateway.pool.query(`DELETE FROM ${table}`);
  }
  user = await gateway.signUp();
});

function rotate(...ring: { id: string; key: Buffer }[]): Promise<Rotation> {
  return keys.rotate({ ...process.env, ENCRYPTION_KEYS: written(...ring) }, 2);
}

async function secretNamed(name: string): Promise<{ id: string; value: string; version: number; updated_at: Date }> {
  const text = 'SELECT id, value, version, updated_at FROM secrets WHERE user_id = $1 AND name = $2';
  return (await gateway.pool.query(text, [user.id, name])).rows[0];
}

/** The pool of a rotation, with something that happens before each of its replacements. */
function meddling(before: (times: number) => Promise<unknown>): Pool {
  let times = 0;
  const query = async (text: string, values: unknown[]): Promise<unknown> => {
    if (text.includes('SKIP LOCKED')) await before((times += 1));
    return gateway.pool.query(text, values);
  };
  return { query } as unknown as Pool;
}

describe('rotating the keys', () => {
  it('leaves nothing under the older key, in no table, and changes nothing for those who use what is stored', async () => {
    const { state } = await storeEverything(gateway, user);
    const before = await secretNamed('one');
    expect(await tablesUnder(gateway.pool, 'older')).toEqual([
      'event_subscriptions',
      'integrations',
      'one_time_tokens',
      'secrets',
    ]);

    const { key, columns } = await rotate(newer, older);
    expect(key).toBe('newer');
    expect(columns).toEqual(
      encryptedColumns.map(({ name }) => ({ column: name, reencrypted: 1, left: 0, unreadable: [] })),
    );
    expect(await tablesUnder(gateway.pool, 'older')).toEqual([]);
    const after = await secretNamed('one');
    expect(after).toEqual({ ...before, value: after.value });

    const ring = new KeyRing([newer]);
    expect(openSecret(ring, { userId: user.id, name: 'one' }, after.value)).toBe('s3cret');
    const [integration] = (await gateway.pool.query('SELECT id FROM integrations')).rows;
    const { headers } = await new CredentialReader(gateway.pool, ring).read(user.id, integration.id);
    expect(Object.values(headers)).toContain('Bearer ghp_sesame');
    const flow = await gateway.app.get(PendingFlows).take(OauthProviderName.Github, state);
    expect(flow).toMatchObject({ invitation: 'inv', secrets: { state } });

    const again = await rotate(newer, older);
    expect(again.columns.map(({ reencrypted }) => reencrypted)).toEqual(encryptedColumns.map(() => 0));
  });

  it('makes another data key for credentials', async () => {
    const text = 'SELECT credentials FROM integrations';
    await storeEverything(gateway, user);
    const [before] = (await gateway.pool.query(text)).rows;
    await rotate(newer, older);
    const [after] = (await gateway.pool.query(text)).rows;
    expect(after.credentials).toMatch(/^v1\.newer\.[^~]+~v1\.data\./);
    expect(after.credentials.split('~')[1]).not.toBe(before.credentials.split('~')[1]);
  });

  it('leaves a hook alone that is remembered with its secret under the older key', async () => {
    await done(user, 'POST', '/secrets', { name: 'key', value: 'old' });
    const workflow = await done(user, 'POST', '/workflows', webhookDefinition(hmac));
    await done(user, 'POST', `/workflows/${String(workflow['id'])}/activate`);
    const url = new URL(String(workflow['hook_url'])).pathname;
    const { body, headers } = signed('old');
    const delivery = {
      method: 'POST' as const,
      url,
      payload: body!,
      headers: { 'content-type': 'application/json', ...headers },
    };
    expect((await gateway.request(delivery)).status).toBe(202);
    const remembered = () => gateway.app.get(KnownHooks).remembered(url.slice('/hooks/'.length))?.sealedSecret;
    expect(remembered()).toMatch(/^v1\.older\./);
    await rotate(newer, older);
    expect((await gateway.request(delivery)).status).toBe(202);
    expect(remembered()).toMatch(/^v1\.newer\./);
  });

  it('does not take back what somebody writes between its look and its write', async () => {
    await done(user, 'POST', '/secrets', { name: 'one', value: 'before' });
    const pool = meddling((times) =>
      times === 1 ? done(user, 'PUT', '/secrets/one', { value: 'meanwhile' }) : Promise.resolve(),
    );
    const ring = new KeyRing([newer, older]);
    expect(await reencrypt(pool, ring, secretsColumn, 10)).toBe(1);
    const { value, version } = await secretNamed('one');
    expect(openSecret(new KeyRing([newer]), { userId: user.id, name: 'one' }, value)).toBe('meanwhile');
    expect(version).toBe(2);
  });

  it('goes on past a row that somebody holds, and comes back to it', async () => {
    for (const name of ['a', 'b', 'c']) await done(user, 'POST', '/secrets', { name, value: name });
    const holder = await gateway.pool.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT 1 FROM secrets WHERE name = 'b' FOR UPDATE`);
    const pool = meddling((times) => (times === 2 ? holder.query('COMMIT') : Promise.resolve()));
    expect(await reencrypt(pool, new KeyRing([newer, older]), secretsColumn, 10)).toBe(3);
    holder.release();
    expect(await tablesUnder(gateway.pool, 'older')).toEqual([]);
  });

  it('is shared by two that run at once', async () => {
    for (let i = 0; i < 40; i += 1) await done(user, 'POST', '/secrets', { name: `s${i}`, value: `${i}` });
    const both = await Promise.all([rotate(newer, older), rotate(newer, older)]);
    const sums = both.map(({ columns }) => columns.reduce((sum, { reencrypted }) => sum + reencrypted, 0));
    expect(sums[0]! + sums[1]!).toBe(40);
    for (const { columns } of both)
      expect(columns.every(({ left, unreadable }) => left + unreadable.length === 0)).toBe(true);
  });

  it('names the rows that do not open, and leaves them as they are', async () => {
    await done(user, 'POST', '/secrets', { name: 'mine', value: 'x' });
    await done(user, 'POST', '/secrets', { name: 'copy', value: 'y' });
    await done(user, 'POST', '/secrets', { name: 'odd', value: 'z' });
    await gateway.pool.query(
      `UPDATE secrets SET value = (SELECT value FROM secrets WHERE name = 'mine') WHERE name = 'copy'`,
    );
    await gateway.pool.query(`UPDATE secrets SET value = 'plain text' WHERE name = 'odd'`);
    const [copy, odd] = [await secretNamed('copy'), await secretNamed('odd')];
    const { columns } = await rotate(newer, older);
    const secrets = columns.find(({ column }) => column === 'secrets.value');
    expect(secrets).toEqual({ column: 'secrets.value', reencrypted: 1, left: 2, unreadable: [copy.id, odd.id] });
    expect([await secretNamed('copy'), await secretNamed('odd')]).toEqual([copy, odd]);
  });

  it('sees what is under the current key and does not open: another key has got its id', async () => {
    await done(user, 'POST', '/secrets', { name: 'one', value: 'x' });
    const { id } = await secretNamed('one');
    const { columns } = await rotate({ id: 'older', key: randomBytes(32) });
    expect(columns).toContainEqual({ column: 'secrets.value', reencrypted: 0, left: 0, unreadable: [id] });
  });

  it('writes nothing when the ring has no key for what is there', async () => {
    await storeEverything(gateway, user);
    const { columns } = await rotate(newer);
    expect(columns.map(({ reencrypted, left, unreadable }) => [reencrypted, left, unreadable.length])).toEqual(
      encryptedColumns.map(() => [0, 1, 1]),
    );
    expect(await tablesUnder(gateway.pool, 'newer')).toEqual([]);
  });
});

it('keys are listed with what is stored under them, also those that the ring has no more', async () => {
  await done(user, 'POST', '/secrets', { name: 'one', value: 'x' });
  const gone = new KeyRing([{ id: 'gone', key: randomBytes(32) }]);
  await done(user, 'POST', '/secrets', { name: 'two', value: 'y' });
  const sealed = sealSecret(gone, { userId: user.id, name: 'two' }, 'y');
  await gateway.pool.query(`UPDATE secrets SET value = $1 WHERE name = 'two'`, [sealed]);
  expect(await keys.list({ ...process.env, ENCRYPTION_KEYS: written(newer, older) })).toEqual([
    { key: 'newer', current: true, in_ring: true, values: {} },
    { key: 'older', current: false, in_ring: true, values: { 'secrets.value': 1 } },
    { key: 'gone', current: false, in_ring: false, values: { 'secrets.value': 1 } },
  ]);
});

it('everything that can be sealed is rotated', () => {
  const listed = readFileSync(new URL('../../apps/cli/src/keys/encrypted-columns.ts', import.meta.url), 'utf8');
  const seals = Object.keys(security).filter((name) => name.startsWith('seal'));
  expect(seals).toHaveLength(4);
  for (const seal of seals) expect(listed).toContain(seal);
});
