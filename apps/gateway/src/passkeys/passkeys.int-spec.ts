import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGIN, TestPasskeys } from '../../../../test/gateway/passkeys.js';
import { SoftwareAuthenticator, type Ceremony } from '../../../../test/gateway/software-authenticator.js';
import { TestGateway, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let passkeys: TestPasskeys;

beforeAll(async () => {
  gateway = await TestGateway.start();
  passkeys = new TestPasskeys(gateway);
});
afterAll(() => gateway.stop());

/** The same person on another device. */
async function anotherSessionOf({ id }: TestUser): Promise<TestUser> {
  const { rows } = await gateway.pool.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [id]);
  const payload = { email: rows[0]!.email, password: 'correct horse battery staple' };
  return passkeys.signedIn(await gateway.request({ method: 'POST', url: '/api/v1/auth/login', payload }));
}

async function auditOf(subject: string): Promise<{ action: string; outcome: string; details: object; row: string }[]> {
  const sql = `SELECT action, outcome, details, audit_events::text AS row FROM audit_events WHERE subject_id = $1 ORDER BY id`;
  return (await gateway.pool.query(sql, [subject])).rows;
}

describe('registering a passkey', () => {
  it('asks for one that knows its owner and verifies them, and keeps only what is public', async () => {
    const user = await gateway.signUp();
    const options = await passkeys.creationOptions(user);
    expect(options).toMatchObject({
      rp: { id: 'platform.test' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
      timeout: 300_000,
      excludeCredentials: [],
    });
    const { key, id } = await passkeys.of(user);
    const { body } = await user.call('GET', '/auth/passkeys');
    expect(body).toMatchObject({
      total: 1,
      data: [{ id, name: 'Laptop', device_type: 'singleDevice', backed_up: false, last_used_at: null, aaguid: null }],
    });
    expect(JSON.stringify(body)).not.toContain(key.credentialId.toString('base64url'));
    const [event] = await auditOf(id);
    expect(event).toMatchObject({ action: 'passkey.registered', outcome: 'success', details: { name: 'Laptop' } });
    expect(event?.row).not.toContain(key.credentialId.toString('base64url'));
  });

  it('names the passkeys that are there, so that no authenticator makes a second one', async () => {
    const { user, key } = await passkeys.signUp();
    const { excludeCredentials } = await passkeys.creationOptions(user);
    expect(excludeCredentials).toEqual([
      { id: key.credentialId.toString('base64url'), type: 'public-key', transports: ['internal'] },
    ]);
  });

  it('stores no challenge, only its hash', async () => {
    const options = await passkeys.creationOptions(await gateway.signUp());
    const { rows } = await gateway.pool.query('SELECT one_time_tokens::text AS row FROM one_time_tokens');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(options.challenge);
  });

  it.each<[string, Partial<Ceremony>]>([
    ['nobody was verified', { isVerified: false }],
    ['a page of another origin asked', { origin: 'https://platform.test.evil.example' }],
    ['it answers a sign-in', { type: 'webauthn.get' }],
    ['it brings certificates', { attestation: { fmt: 'packed', attStmt: new Map([['x5c', []]]) } }],
    ['its attestation is of an unknown kind', { attestation: { fmt: 'tpm', attStmt: new Map() } }],
  ])('refuses a passkey when %s', async (_, change) => {
    const user = await gateway.signUp();
    const options = await passkeys.creationOptions(user);
    const credential = new SoftwareAuthenticator(ORIGIN).create({ challenge: options.challenge, ...change });
    const answer = await user.call('POST', '/auth/passkeys/register/verify', { credential });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'credential' }] } });
    expect((await user.call('GET', '/auth/passkeys')).body.total).toBe(0);
  });

  it('takes a challenge once, in time, from the session that asked, and from no sign-in', async () => {
    const [user, stranger] = await Promise.all([gateway.signUp(), gateway.signUp()]);
    const register = async (who: TestUser, open: string): Promise<number> => {
      const credential = new SoftwareAuthenticator(ORIGIN).create({ challenge: open });
      return (await who.call('POST', '/auth/passkeys/register/verify', { credential })).status;
    };
    const used = (await passkeys.creationOptions(user)).challenge;
    expect(await Promise.all([register(user, used), register(user, used)])).toEqual(expect.arrayContaining([201, 400]));
    expect(await register(user, used)).toBe(400);

    const second = await gateway.signUp();
    const foreign = await anotherSessionOf(second);
    expect(await register(foreign, (await passkeys.creationOptions(second)).challenge)).toBe(400);
    expect(await register(stranger, (await passkeys.creationOptions(second)).challenge)).toBe(400);
    expect(await register(second, await passkeys.challenge())).toBe(400);

    const late = (await passkeys.creationOptions(second)).challenge;
    await gateway.pool.query(`UPDATE one_time_tokens SET expires_at = now() WHERE user_id = $1`, [second.id]);
    expect(await register(second, late)).toBe(400);
  });

  it('keeps a credential once, whoever brings it', async () => {
    const [user, stranger] = await Promise.all([gateway.signUp(), gateway.signUp()]);
    const { key } = await passkeys.of(user);
    const credential = key.create({ challenge: (await passkeys.creationOptions(stranger)).challenge });
    const answer = await stranger.call('POST', '/auth/passkeys/register/verify', { credential });
    expect(answer).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  it('needs a passkey from those who have one, whatever they proved otherwise', async () => {
    const user = await gateway.signUp();
    await passkeys.of(user);
    const answer = await user.call('POST', '/auth/passkeys/register/options');
    expect(answer).toMatchObject({
      status: 403,
      body: { code: 'STEP_UP_REQUIRED', needed_proof: { methods: ['passkey'], max_age_s: 300 } },
    });
  });

  it.each([
    [{}, 'credential'],
    [{ credential: {} }, 'credential.id'],
    [{ credential: { response: { clientDataJSON: 'a b' } } }, 'credential.response.clientDataJSON'],
    [{ credential: { response: {} }, other: 1 }, 'other'],
  ])('refuses %j', async (body, field) => {
    const answer = await (await gateway.signUp()).call('POST', '/auth/passkeys/register/verify', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });
});

describe('signing in with a passkey', () => {
  it('needs no name: the passkey knows whose it is', async () => {
    const user = await gateway.signUp();
    const { key, id } = await passkeys.of(user);
    expect((await passkeys.post('login/options')).body).toMatchObject({
      rpId: 'platform.test',
      userVerification: 'required',
    });
    const answer = await passkeys.signIn(key);
    expect(answer).toMatchObject({ status: 200, body: { user: { id: user.id }, tokens: { token_type: 'Bearer' } } });
    const sessions = (await passkeys.signedIn(answer).call('GET', '/auth/sessions')).body.data;
    expect(sessions[0]).toMatchObject({ current: true, method: 'passkey' });
    const { rows } = await gateway.pool.query('SELECT counter, last_used_at FROM passkeys WHERE id = $1', [id]);
    expect(rows).toEqual([{ counter: '2', last_used_at: expect.any(Date) }]);
  });

  it('lets in a passkey that is synced, whose counter is always 0', async () => {
    const user = await gateway.signUp();
    const { key } = await passkeys.of(user, true);
    for (let use = 0; use < 2; use++) expect((await passkeys.signIn(key)).status).toBe(200);
    const [passkey] = (await user.call('GET', '/auth/passkeys')).body.data;
    expect(passkey).toMatchObject({ device_type: 'multiDevice', backed_up: true, revoked_at: null });
  });

  it('gives one answer to whatever is wrong', async () => {
    const user = await gateway.signUp();
    const { key } = await passkeys.of(user);
    const inactive = await gateway.signUp();
    const { key: inactiveKey } = await passkeys.of(inactive);
    await gateway.pool.query('UPDATE users SET is_active = false WHERE id = $1', [inactive.id]);
    const replayed = key.get({ challenge: await passkeys.challenge() });
    expect((await passkeys.post('login/verify', { credential: replayed })).status).toBe(200);
    const forged = key.get({ challenge: await passkeys.challenge() });
    const registration = (await passkeys.creationOptions(await gateway.signUp())).challenge;

    const answers = [
      await passkeys.post('login/verify', { credential: replayed }),
      await passkeys.post('login/verify', {
        credential: { ...forged, response: { ...forged.response, signature: 'MEUCIQ' } },
      }),
      await passkeys.signIn(inactiveKey),
      await passkeys.signIn(new SoftwareAuthenticator(ORIGIN)),
      await passkeys.signIn(key, { challenge: 'a challenge of mine' }),
      await passkeys.signIn(key, { challenge: registration }),
      await passkeys.signIn(key, { isVerified: false }),
      await passkeys.signIn(key, { origin: 'https://evil.example' }),
      await passkeys.signIn(key, { crossOrigin: true }),
      await passkeys.signIn(key, { type: 'webauthn.create' }),
      await passkeys.signIn(key, { userHandle: undefined }),
      await passkeys.signIn(key, { userHandle: inactiveKey.userHandle }),
    ];
    const seen = answers.map(({ status, body: { code, detail, title } }) => ({ status, code, detail, title }));
    expect(seen[0]).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    expect(new Set(seen.map((answer) => JSON.stringify(answer))).size, JSON.stringify(seen)).toBe(1);
    expect((await passkeys.signIn(key)).status).toBe(200);

    const events = await auditOf(user.id);
    const reasons = events.filter(({ action }) => action === 'session.refused').map(({ details }) => details);
    expect(reasons).toContainEqual({ method: 'passkey', reason: 'not_verified' });
    expect(reasons).toContainEqual({ method: 'passkey', reason: 'other_owner' });
  });

  it('spends a challenge whatever comes of it', async () => {
    const user = await gateway.signUp();
    const { key } = await passkeys.of(user);
    const open = await passkeys.challenge();
    expect((await passkeys.signIn(key, { challenge: open, isVerified: false })).status).toBe(401);
    expect((await passkeys.signIn(key, { challenge: open })).status).toBe(401);
  });

  it('refuses a passkey whose counter went back, for good, and says so to its owner and in the trail', async () => {
    const user = await gateway.signUp();
    const { key, id } = await passkeys.of(user);
    expect((await passkeys.signIn(key, { counter: 7 })).status).toBe(200);
    expect((await passkeys.signIn(key, { counter: 7 })).status).toBe(401);
    expect((await passkeys.signIn(key, { counter: 8 })).status).toBe(401);
    const [passkey] = (await user.call('GET', '/auth/passkeys')).body.data;
    expect(passkey.revoked_at).toEqual(expect.any(String));
    expect((await auditOf(id)).at(-1)).toMatchObject({
      action: 'passkey.clone_detected',
      outcome: 'denied',
      details: { stored_counter: 7, received_counter: 7 },
    });
  });

  it('lets one of two through that bring the same counter', async () => {
    const { key } = await passkeys.of(await gateway.signUp());
    const answers = await Promise.all([passkeys.signIn(key, { counter: 9 }), passkeys.signIn(key, { counter: 9 })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('takes no notice of a counter that nobody signed', async () => {
    const { key } = await passkeys.of(await gateway.signUp());
    const good = key.get({ challenge: await passkeys.challenge() });
    const old = key.get({ challenge: await passkeys.challenge(), counter: 0 });
    const mixed = { ...good, response: { ...good.response, authenticatorData: old.response.authenticatorData } };
    expect((await passkeys.post('login/verify', { credential: mixed })).status).toBe(401);
    expect((await passkeys.signIn(key)).status).toBe(200);
  });
});

describe('the list of passkeys', () => {
  it('shows a name that was changed, to its owner alone', async () => {
    const { user, id } = await passkeys.signUp();
    const renamed = await user.call('PATCH', `/auth/passkeys/${id}`, { name: 'Desk' });
    expect(renamed).toMatchObject({ status: 200, body: { id, name: 'Desk' } });
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: 'passkey.renamed' });
    const stranger = await gateway.signUp();
    expect((await stranger.call('PATCH', `/auth/passkeys/${id}`, { name: 'Mine' })).status).toBe(404);
    expect((await stranger.call('DELETE', `/auth/passkeys/${id}`)).status).toBe(404);
    expect((await stranger.call('GET', '/auth/passkeys')).body).toMatchObject({ data: [], total: 0 });
  });

  it('comes in pages', async () => {
    const { user } = await passkeys.signUp();
    await passkeys.of(user);
    const first = await user.call('GET', '/auth/passkeys?limit=1');
    const second = await user.call('GET', `/auth/passkeys?limit=1&cursor=${first.body.next_cursor}`);
    expect([first.body.data[0].id, second.body.data[0].id]).toEqual(
      (await user.call('GET', '/auth/passkeys')).body.data.map(({ id }: { id: string }) => id),
    );
  });
});

describe('removing a passkey', () => {
  it('ends what it is good for', async () => {
    const { user, key, id } = await passkeys.signUp();
    expect((await user.call('DELETE', `/auth/passkeys/${id}`)).status).toBe(204);
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: 'passkey.removed', details: { name: 'Laptop' } });
    expect((await passkeys.signIn(key)).status).toBe(401);
    expect((await user.call('DELETE', `/auth/passkeys/${id}`)).status).toBe(404);
  });

  it('asks for a proof with a passkey', async () => {
    const user = await gateway.signUp();
    const { id } = await passkeys.of(user);
    expect(await user.call('DELETE', `/auth/passkeys/${id}`)).toMatchObject({
      status: 403,
      body: { code: 'STEP_UP_REQUIRED', needed_proof: { methods: ['passkey'] } },
    });
  });

  it('leaves a way to sign in, also when two are removed at once', async () => {
    const { user, key, id } = await passkeys.signUp();
    const { id: other } = await passkeys.of(user);
    await gateway.pool.query('UPDATE users SET password = NULL WHERE id = $1', [user.id]);
    const answers = await Promise.all([id, other].map((one) => user.call('DELETE', `/auth/passkeys/${one}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    await gateway.pool.query(`UPDATE passkeys SET revoked_at = now() WHERE user_id = $1`, [user.id]);
    const revoked = (await user.call('GET', '/auth/passkeys')).body.data;
    expect(revoked).toHaveLength(1);
    expect((await user.call('DELETE', `/auth/passkeys/${revoked[0].id}`)).status).toBe(204);
    expect(key).toBeDefined();
  });
});
