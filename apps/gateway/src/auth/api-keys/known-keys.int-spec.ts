import { newId, RevocationKind } from '@app/contracts';
import { newApiKey } from '@app/security';
import { eventually, TestRedisServer } from '@app/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestGateway, type TestUser } from '../../../../../test/gateway/test-gateway.js';
import { JwtStrategy } from '../jwt.strategy.js';
import { RevocationFeed } from '../revocations/revocation-feed.js';
import { KeyReader } from './key-reader.js';

let redis: TestRedisServer;
let gateway: TestGateway;
let replica: TestGateway;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  gateway = await TestGateway.start({ REDIS_URL: redis.url });
  replica = await gateway.replica();
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await replica.stop();
  await gateway.stop();
  await redis.stop();
});

/** Something to call with, and the account that it depends on. */
interface Credential {
  authorization: string;
  userId: string;
  /** Takes the credential back, as its owner. */
  revoke(): Promise<unknown>;
}

async function personalKey(): Promise<Credential> {
  const user = await gateway.signUp();
  const { body } = await user.call('POST', '/api-keys', { name: 'CI', scopes: ['profile:read'] });
  return {
    authorization: `Bearer ${body.key}`,
    userId: user.id,
    revoke: () => user.call('DELETE', `/api-keys/${body.id}`),
  };
}

async function machineKey(): Promise<Credential> {
  const owner = await gateway.signUp();
  const { id } = (await owner.call('POST', '/service-accounts', { name: 'Robot' })).body;
  const { body } = await owner.call('POST', `/service-accounts/${id}/keys`, { name: 'CI', scopes: ['profile:read'] });
  return {
    authorization: `Bearer ${body.key}`,
    userId: owner.id,
    revoke: () => owner.call('DELETE', `/service-accounts/${id}`),
  };
}

async function token(): Promise<Credential> {
  const user: TestUser = await gateway.signUp();
  return {
    authorization: user.authorization,
    userId: user.id,
    revoke: () => user.call('POST', '/auth/logout'),
  };
}

async function statusAt(at: TestGateway, { authorization }: Credential): Promise<number> {
  return (await at.request({ method: 'GET', url: '/api/v1/auth/me', headers: { authorization } })).status;
}

/** What whoever deactivates an account writes, in one transaction. */
async function deactivate({ userId }: Credential): Promise<void> {
  await gateway.pool.query(
    `WITH changed AS (UPDATE users SET is_active = false WHERE id = $2)
     INSERT INTO revocations (id, kind, subject_id, expires_at) VALUES ($1, 'user', $2, now() + interval '1 hour')`,
    [newId(), userId],
  );
}

/** Waits until a gateway has read what has been committed up to now. */
async function caughtUp(at: TestGateway): Promise<void> {
  const feed = at.app.get(RevocationFeed);
  const [mark, from] = [{ kind: RevocationKind.Session, id: newId() }, feed.position];
  await gateway.pool.query(
    `INSERT INTO revocations (id, kind, subject_id, expires_at) VALUES ($1, $2, $3, now() + interval '1 hour')`,
    [newId(), mark.kind, mark.id],
  );
  await eventually(() => feed.isOutdated(from, [mark]), { timeoutMs: 2_000, everyMs: 10 });
}

interface Pause {
  /** The reader has read and waits. */
  reached: Promise<void>;
  resume(): void;
}

/** Holds the next one who looks a key up, or verifies a token, after the look and before anything is made of it. */
function pauseReaders(at: TestGateway): Pause {
  const [reached, resumed] = [deferred(), deferred()];
  const hold = async <T>(seen: T): Promise<T> => {
    reached.resolve();
    await resumed.promise;
    return seen;
  };
  const reader = at.app.get(KeyReader);
  const read = reader.read.bind(reader);
  vi.spyOn(reader, 'read').mockImplementationOnce(async (hash) => hold(await read(hash)));
  const validate = JwtStrategy.prototype.validate;
  vi.spyOn(JwtStrategy.prototype, 'validate').mockImplementationOnce(function (this: JwtStrategy, payload) {
    return hold(validate.call(this, payload)) as never;
  });
  return { reached: reached.promise, resume: () => resumed.resolve() };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

const credentials: [string, () => Promise<Credential>][] = [
  ['an API key', personalKey],
  ["a service account's key", machineKey],
  ['an access token', token],
];

function revocations(): void {
  describe.each(credentials)('%s', (_, make) => {
    it('that is taken back is refused here at once and elsewhere within a second', async () => {
      const credential = await make();
      expect([await statusAt(gateway, credential), await statusAt(replica, credential)]).toEqual([200, 200]);
      await credential.revoke();
      expect(await statusAt(gateway, credential)).toBe(401);
      await eventually(async () => (await statusAt(replica, credential)) === 401, { timeoutMs: 1_000, everyMs: 20 });
    });

    it('is refused when its owner is deactivated, on every gateway within a second', async () => {
      const credential = await make();
      expect([await statusAt(gateway, credential), await statusAt(replica, credential)]).toEqual([200, 200]);
      await deactivate(credential);
      for (const at of [gateway, replica]) {
        await eventually(async () => (await statusAt(at, credential)) === 401, { timeoutMs: 1_000, everyMs: 20 });
      }
    });

    it.each([
      ['taken back', (credential: Credential) => credential.revoke()],
      ['deactivated', deactivate],
    ])('is not brought back by a reader that was slow while it was %s', async (__, takeBack) => {
      const credential = await make();
      const pause = pauseReaders(replica);
      const slow = statusAt(replica, credential);
      await pause.reached;
      await takeBack(credential);
      await caughtUp(replica);
      pause.resume();
      expect(await slow).toBe(401);
      expect(await statusAt(replica, credential)).toBe(401);
    });
  });
}

describe('with Redis up', revocations);

describe('with Redis down', () => {
  beforeAll(() => redis.kill());
  afterAll(() => redis.restart());
  revocations();
});

describe('a session that begins while its user is deactivated', () => {
  it('is over at once: its token says who they were before', async () => {
    const email = `${newId()}@example.com`;
    const payload = { email, password: 'correct horse battery staple', name: 'Ada' };
    const { body } = await gateway.request({ method: 'POST', url: '/api/v1/auth/register', payload });
    const blocker = await holdSignIns();
    const signIn = gateway.request({
      method: 'POST',
      url: '/api/v1/auth/login',
      payload: { email, password: payload.password },
    });
    await eventually(() => isSomebodyWaiting(blocker, 'advisory'), { everyMs: 10 });
    const deactivated = deactivate({ userId: body.user.id } as Credential);
    await eventually(() => isSomebodyWaiting(blocker, 'transactionid'), { everyMs: 10 });
    await blocker.query('SELECT pg_advisory_unlock_all()');
    const { status, body: signedIn } = await signIn;
    await deactivated;
    await blocker.query('DROP FUNCTION wait_for_the_test CASCADE');
    await blocker.end();
    await Promise.all([caughtUp(gateway), caughtUp(replica)]);
    expect(status).toBe(200);
    const late = { authorization: `Bearer ${signedIn.tokens.access_token}` } as Credential;
    expect([await statusAt(gateway, late), await statusAt(replica, late)]).toEqual([401, 401]);
  });
});

/**
 * Holds sign-ins from now on where they write their audit row: the user has been read and locked by then. A lock of the
 * table would hold them where the statement is prepared, before anything is read.
 */
async function holdSignIns(): Promise<Client> {
  const blocker = new Client({ connectionString: process.env['DATABASE_URL'] });
  await blocker.connect();
  await blocker.query(`
    SELECT pg_advisory_lock(1);
    CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;
    CREATE TRIGGER wait_for_the_test BEFORE INSERT ON audit_events
      FOR EACH ROW WHEN (NEW.action = 'session.started') EXECUTE FUNCTION wait_for_the_test();`);
  return blocker;
}

/** @param event what for: a name of PostgreSQL's `wait_event` */
async function isSomebodyWaiting(client: Client, event: 'advisory' | 'transactionid'): Promise<boolean> {
  const { rows } = await client.query(
    'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = $1',
    [event],
  );
  return rows.length > 0;
}

describe('looking a key up', () => {
  it('happens once for a thousand calls, and for fifty at the same time', async () => {
    const key = await personalKey();
    const read = vi.spyOn(gateway.app.get(KeyReader), 'read');
    await Promise.all(Array.from({ length: 50 }, () => statusAt(gateway, key)));
    for (let calls = 0; calls < 20; calls++) await statusAt(gateway, key);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('happens again when the roles of its owner changed', async () => {
    const key = await personalKey();
    await statusAt(gateway, key);
    const read = vi.spyOn(gateway.app.get(KeyReader), 'read');
    await gateway.pool.query(
      `INSERT INTO revocations (id, kind, subject_id, expires_at) VALUES ($1, 'user', $2, now() + interval '1 hour')`,
      [newId(), key.userId],
    );
    await caughtUp(gateway);
    expect(await statusAt(gateway, key)).toBe(200);
    expect(await statusAt(gateway, key)).toBe(200);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('does not happen for a typo, and not twice for a key that nobody has', async () => {
    const read = vi.spyOn(gateway.app.get(KeyReader), 'read');
    const { key } = newApiKey();
    const typo = key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a');
    const unknown = { authorization: `Bearer ${key}` } as Credential;
    expect(await statusAt(gateway, { authorization: `Bearer ${typo}` } as Credential)).toBe(401);
    expect(read).not.toHaveBeenCalled();
    expect(await Promise.all(Array.from({ length: 20 }, () => statusAt(gateway, unknown)))).toEqual(
      Array.from({ length: 20 }, () => 401),
    );
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('finds no key that expires in the meantime', async () => {
    const key = await personalKey();
    await gateway.pool.query(`UPDATE api_keys SET expires_at = now() + interval '2 seconds' WHERE user_id = $1`, [
      key.userId,
    ]);
    expect(await statusAt(gateway, key)).toBe(200);
    await eventually(async () => (await statusAt(gateway, key)) === 401);
  });

  it('fails no request because its use cannot be noted', async () => {
    const key = await personalKey();
    const query = vi.spyOn(gateway.app.get(KeyReader)['pool'], 'query');
    await gateway.pool.query('ALTER TABLE api_keys RENAME COLUMN last_used_at TO last_used_at_away');
    expect(await statusAt(gateway, key)).toBe(200);
    const noted = () => query.mock.calls.findIndex(([sql]) => JSON.stringify(sql).includes('SET last_used_at'));
    await eventually(() => noted() >= 0);
    await expect(query.mock.results[noted()]?.value).rejects.toThrow();
    expect(await statusAt(gateway, key)).toBe(200);
    await gateway.pool.query('ALTER TABLE api_keys RENAME COLUMN last_used_at_away TO last_used_at');
  });
});

describe('a gateway that cannot read the feed', () => {
  it('lets no key in on a guess', async () => {
    const key = await personalKey();
    expect(await statusAt(gateway, key)).toBe(200);
    await gateway.pool.query('ALTER TABLE revocations RENAME TO revocations_away');
    await eventually(async () => (await statusAt(gateway, key)) === 503, { timeoutMs: 3_000 });
    await gateway.pool.query('ALTER TABLE revocations_away RENAME TO revocations');
    await eventually(async () => (await statusAt(gateway, key)) === 200);
  });
});
