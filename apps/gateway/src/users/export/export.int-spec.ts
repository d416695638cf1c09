import { LocalFolder } from '@app/blobs';
import { testBlobFolder } from '@app/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { everythingOf, impersonalTables, tablesOf } from '../../../../../test/database/everything-of.js';
import { definition } from '../../../../../test/gateway/definitions.js';
import { auditOf } from '../../../../../test/gateway/people.js';
import { TestGateway } from '../../../../../test/gateway/test-gateway.js';
import { accountExport } from './account-export.js';
import { exportSections } from './export-sections.js';

let gateway: TestGateway;
const storage = new LocalFolder(testBlobFolder());

beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

async function exportOf(pool: Pool, ...accounts: string[]): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of accountExport(pool, storage, accounts)) pieces.push(piece);
  return pieces.join('');
}

describe('the export of an account', () => {
  it('knows every table that can hold something about a person', async () => {
    const known = exportSections.map(({ table }) => table);
    expect([...known, ...impersonalTables].sort()).toEqual(await tablesOf(gateway.pool));
  });

  it('holds something from each of them, of the person and of their machines, and of nobody else', async () => {
    const person = await everythingOf(gateway.pool, 'exported');
    await everythingOf(gateway.pool, 'somebodyelse');
    const text = await exportOf(gateway.pool, person.id, person.machineId);
    const document = JSON.parse(text) as Record<string, unknown[]>;
    const empty = exportSections.map(({ name }) => name).filter((name) => document[name]?.length === 0);
    expect(empty).toEqual([]);
    expect(document['runs']?.map((run) => (run as { id: string }).id).sort()).toEqual([...person.runIds].sort());
    expect(document['accounts']).toMatchObject([{ id: person.id, kind: 'person' }, { id: person.machineId }]);
    expect(document['content']).toMatchObject([{ title: 'exported', body: 'exported' }]);
    expect(document['jobs']).toHaveLength(4);
    expect(text).not.toContain('somebodyelse');
  });

  it('holds nothing that proves anything: no hash, no credential, no encrypted value', async () => {
    const person = await everythingOf(gateway.pool, 'provable');
    const text = await exportOf(gateway.pool, person.id, person.machineId);
    expect(text).toContain('provable');
    expect(text).not.toContain(person.secret);
    expect(text).not.toContain(Buffer.from(person.secret).toString('hex'));
    expect(text).not.toMatch(/"(password|token|value|credentials|[a-z_]*_hash|hash|public_key|counter)":/);
  });

  it('does not tell what was done to others, nor from where others did something', async () => {
    const [person, other] = [await everythingOf(gateway.pool, 'theadmin'), await everythingOf(gateway.pool, 'theuser')];
    const insert = `INSERT INTO audit_events (id, action, actor_kind, outcome, subject_type, actor_id, subject_id, before, user_agent)
      VALUES (gen_random_uuid(), 'user.updated', 'user', 'success', 'user', $1, $2, $3, $4)`;
    await gateway.pool.query(insert, [person.id, other.id, { name: 'theuser' }, 'admin-agent']);
    const ofUser = await exportOf(gateway.pool, other.id);
    expect(ofUser).not.toContain('admin-agent');
    const ofAdmin = await exportOf(gateway.pool, person.id);
    expect(ofAdmin).toContain('admin-agent');
    expect(ofAdmin).not.toContain('theuser');
  });

  it('reads on in every section where the rows before ended', async () => {
    const person = await everythingOf(gateway.pool, 'paged');
    const whole = JSON.parse(await exportOf(gateway.pool, person.id)) as Record<string, unknown>;
    const sizes = exportSections.map(({ batch }) => batch);
    for (const section of exportSections) section.batch = 1;
    const stepwise = JSON.parse(await exportOf(gateway.pool, person.id)) as Record<string, unknown>;
    exportSections.forEach((section, index) => (section.batch = sizes[index] ?? 1));
    expect({ ...stepwise, exported_at: '' }).toEqual({ ...whole, exported_at: '' });
  });

  it('reads the next rows when the ones before were taken', async () => {
    const person = await everythingOf(gateway.pool, 'slowly');
    const query = vi.fn(gateway.pool.query.bind(gateway.pool));
    const pieces = accountExport({ query } as unknown as Pool, storage, [person.id]);
    await pieces.next();
    await pieces.next();
    expect(query).toHaveBeenCalledTimes(0);
    await pieces.next();
    expect(query).toHaveBeenCalledTimes(1);
    await pieces.return(undefined);
  });

  it('may take longer than another answer', async () => {
    const { id, authorization } = await gateway.signUp();
    const hurried = await gateway.replica({ SERVER_WRITE_TIMEOUT: '1s' });
    const client = await gateway.pool.connect();
    await client.query('BEGIN; LOCK TABLE sites');
    const asked = hurried.request({ method: 'GET', url: '/api/v1/users/me/export', headers: { authorization } });
    await sleep(1_300);
    await client.query('ROLLBACK');
    client.release();
    expect(await asked).toMatchObject({ status: 200, body: { accounts: [{ id }], sites: [], runs: [] } });
    await hurried.stop();
  });

  it('is handed to the person, who has just proved who they are, and the trail says so', async () => {
    const user = await gateway.signUp();
    await user.call('POST', '/workflows', definition());
    const answer = await user.call('GET', '/users/me/export');
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store', 'content-disposition': 'attachment; filename="account.json"' },
      body: { accounts: [{ id: user.id }], workflows: [{ name: 'Greeting' }] },
    });
    expect((await auditOf(gateway, user.id)).at(-1)).toMatchObject({ action: 'user.exported', actor_id: user.id });
    await gateway.pool.query(`UPDATE sessions SET proved_at = now() - interval '1 day' WHERE user_id = $1`, [user.id]);
    expect((await user.call('GET', '/users/me/export')).body).toMatchObject({ code: 'STEP_UP_REQUIRED' });
  });
});
