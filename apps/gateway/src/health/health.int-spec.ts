import { GracefulShutdown, HealthService } from '@app/observability';
import { eventually, TestS3Server } from '@app/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let redisUrl: string;

beforeAll(async () => {
  gateway = await TestGateway.start();
  redisUrl = process.env['REDIS_URL'] ?? '';
});
afterAll(() => gateway.stop());

function get(url: string, at = gateway): Promise<Answer> {
  return at.request({ method: 'GET', url });
}

/** A connection to the server that is not to the gateway's database. */
async function asAdmin(work: (client: Client, database: string) => Promise<void>): Promise<void> {
  const url = new URL(process.env['DATABASE_URL'] ?? '');
  const database = url.pathname.slice(1);
  url.pathname = 'postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await work(client, database);
  } finally {
    await client.end();
  }
}

describe('GET /health', () => {
  it('says that the process is alive', async () => {
    expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});

describe('GET /ready', () => {
  it('is 200 when everything is there', async () => {
    const ready = await eventually(async () => (await get('/ready')).body.status === 'ok' && get('/ready'));
    expect(ready).toMatchObject({ status: 200, body: { postgres: 'up', migrations: 'up', redis: 'up', blobs: 'up' } });
    expect(ready.headers['cache-control']).toBe('no-store');
  });

  it('is 503 while PostgreSQL cannot be reached, and 200 again afterwards', async () => {
    await asAdmin(async (client, database) => {
      await client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`);
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
      expect(await get('/ready')).toMatchObject({ status: 503, body: { status: 'unavailable', postgres: 'down' } });
      expect((await get('/health')).status).toBe(200);
      await client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`);
    });
    await eventually(async () => (await get('/ready')).status === 200);
  });

  it('is 503 while a migration is missing', async () => {
    const latest = 'SELECT * FROM migrations ORDER BY id DESC LIMIT 1';
    const { rows } = await gateway.pool.query<{ id: number; timestamp: string; name: string }>(latest);
    await gateway.pool.query('DELETE FROM migrations WHERE id = $1', [rows[0]?.id]);
    expect(await get('/ready')).toMatchObject({ status: 503, body: { postgres: 'up', migrations: 'down' } });
    await gateway.pool.query('INSERT INTO migrations SELECT $1, $2, $3', Object.values(rows[0] ?? {}));
    expect((await get('/ready')).status).toBe(200);
  });

  it('is 200 and degraded while Redis is away', async () => {
    const away = await gateway.replica({ REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await get('/ready', away)).toMatchObject({ status: 200, body: { status: 'degraded', redis: 'down' } });
    await away.stop();
  });

  it('is 200 and degraded while blob storage is away', async () => {
    const s3 = await TestS3Server.start();
    const { accessKeyId, secretAccessKey } = s3.credentials;
    const variables = {
      BLOB_S3_BUCKET: s3.bucket,
      BLOB_S3_ENDPOINT: s3.endpoint,
      BLOB_S3_PATH_STYLE: 'true',
      BLOB_S3_ACCESS_KEY_ID: accessKeyId,
      BLOB_S3_SECRET_ACCESS_KEY: secretAccessKey,
      REDIS_URL: redisUrl,
    };
    const replica = await gateway.replica(variables);
    for (const name of Object.keys(variables)) if (name.startsWith('BLOB_S3')) delete process.env[name];
    expect(await get('/ready', replica)).toMatchObject({ status: 200, body: { blobs: 'up' } });
    s3.behaviour = 'unavailable';
    expect(await get('/ready', replica)).toMatchObject({ status: 200, body: { status: 'degraded', blobs: 'down' } });
    await replica.stop();
    await s3.stop();
  });

  it('is 503 when the process is about to end', async () => {
    const ending = await gateway.replica();
    ending.app.get(HealthService).drain();
    expect(await get('/ready', ending)).toMatchObject({ status: 503, body: { status: 'draining' } });
    await ending.stop();
  });
});

describe('shutting down', () => {
  it('answers the requests that are under way', async () => {
    const ending = await gateway.replica();
    await ending.app.listen(0, '127.0.0.1');
    const user = await gateway.signUp();
    const blocker = new Client({ connectionString: process.env['DATABASE_URL'] });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE users');
    const url = `${await ending.app.getUrl()}/api/v1/auth/me`;
    const underWay = fetch(url, { headers: { authorization: user.authorization } });
    await eventually(async () => {
      const { rows } = await gateway.pool.query(`SELECT FROM pg_locks WHERE NOT granted`);
      return rows.length > 0;
    });
    const ended = ending.app.get(GracefulShutdown).run();
    await eventually(() =>
      fetch(url).then(
        () => false,
        () => true,
      ),
    );
    await blocker.query('COMMIT');
    await blocker.end();
    expect((await underWay).status).toBe(200);
    expect(await ended).toEqual([]);
    await ending.stop();
  });
});
