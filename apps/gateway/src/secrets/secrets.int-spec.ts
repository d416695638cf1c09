import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type TestUser } from '../../../../test/gateway/test-gateway.js';
import { SecretsService } from './secrets.service.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

async function sealed(userId: string, name: string): Promise<string> {
  const { rows } = await gateway.pool.query('SELECT value FROM secrets WHERE user_id = $1 AND name = $2', [
    userId,
    name,
  ]);
  return rows[0].value;
}

describe('a secret', () => {
  it('goes in and is never shown again', async () => {
    const created = await user.call('POST', '/secrets', { name: 'github_token', value: 'ghp_open sesame' });
    expect(created).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    const replaced = await user.call('PUT', '/secrets/github_token', { value: 'ghp_second' });
    expect(replaced).toMatchObject({ status: 200, body: { name: 'github_token', version: 2 } });
    const listed = await user.call('GET', '/secrets');
    expect(listed.body.data).toEqual([
      { name: 'github_token', version: 2, created_at: expect.any(String), updated_at: expect.any(String) },
    ]);
    expect(JSON.stringify([created, replaced, listed])).not.toMatch(/ghp|sesame/);
    const stored = await sealed(user.id, 'github_token');
    expect(stored).not.toContain('ghp');
    expect(gateway.app.get(SecretsService).open(user.id, 'github_token', stored)).toBe('ghp_second');
  });

  it('does not decrypt in the row of another user or name', async () => {
    await user.call('POST', '/secrets', { name: 'mine', value: 'x' });
    const stored = await sealed(user.id, 'mine');
    const { id } = await gateway.signUp();
    const secrets = gateway.app.get(SecretsService);
    expect(() => secrets.open(id, 'mine', stored)).toThrow('does not decrypt');
    expect(() => secrets.open(user.id, 'yours', stored)).toThrow('does not decrypt');
  });

  it('has one name per user', async () => {
    await user.call('POST', '/secrets', { name: 'twice', value: 'a' });
    expect(await user.call('POST', '/secrets', { name: 'twice', value: 'b' })).toMatchObject({ status: 409 });
    const stranger = await gateway.signUp();
    expect((await stranger.call('POST', '/secrets', { name: 'twice', value: 'c' })).status).toBe(201);
  });

  it('is written only by those who saw its newest version, when they say so', async () => {
    await user.call('POST', '/secrets', { name: 'guarded', value: 'a' });
    const put = (value: string) => user.call('PUT', '/secrets/guarded', { value }, { 'if-match': '"1"' });
    expect((await Promise.all([put('b'), put('c')])).map(({ status }) => status).sort()).toEqual([200, 412]);
    const stale = await user.call('DELETE', '/secrets/guarded', undefined, { 'if-match': '"1"' });
    expect(stale.status).toBe(412);
    expect((await user.call('DELETE', '/secrets/guarded')).status).toBe(204);
    expect((await user.call('DELETE', '/secrets/guarded')).status).toBe(404);
    expect((await user.call('PUT', '/secrets/guarded', { value: 'd' })).status).toBe(404);
  });

  it('of somebody else does not exist', async () => {
    await user.call('POST', '/secrets', { name: 'private', value: 'a' });
    const stranger = await gateway.signUp();
    expect((await stranger.call('PUT', '/secrets/private', { value: 'b' })).status).toBe(404);
    expect((await stranger.call('DELETE', '/secrets/private')).status).toBe(404);
    expect((await stranger.call('GET', '/secrets')).body).toMatchObject({ data: [], total: 0 });
  });

  it.each([
    [{ name: 'a b', value: 'x' }, 'name'],
    [{ name: '1st', value: 'x' }, 'name'],
    [{ name: 'a'.repeat(101), value: 'x' }, 'name'],
    [{ name: 'empty', value: '' }, 'value'],
    [{ name: 'number', value: 1 }, 'value'],
    [{ name: 'more', value: 'x', note: 'y' }, 'note'],
  ])('is refused as %j', async (body, field) => {
    const refused = await user.call('POST', '/secrets', body);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('comes in pages, by name', async () => {
    const other = await gateway.signUp();
    for (const name of ['c', 'a', 'b']) await other.call('POST', '/secrets', { name, value: 'x' });
    const first = await other.call('GET', '/secrets?limit=2');
    expect(first.body).toMatchObject({ total: 3, data: [{ name: 'a' }, { name: 'b' }] });
    const second = await other.call('GET', `/secrets?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body.data).toMatchObject([{ name: 'c' }]);
  });
});
