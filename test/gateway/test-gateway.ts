import 'reflect-metadata';
import { testBlobFolder, testDatabase, testRedis, unlimited } from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { randomBytes, randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { createGateway } from '../../apps/gateway/src/create-gateway.js';

/** A signed-in user: requests carry their access token. */
export interface TestUser {
  id: string;
  authorization: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: LightMyRequestResponse['headers'];
  /** Parsed JSON: a test says what it expects to find in it. */
  body: ReturnType<typeof JSON.parse>;
}

/** The whole gateway in this process, on a database and a Redis of the test file's own. */
export class TestGateway {
  private constructor(
    readonly app: NestFastifyApplication,
    /** For looking at rows, and for playing the other services. */
    readonly pool: Pool,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  /** @param variables that differ from those of the other tests */
  static async start(variables: Readonly<Record<string, string>> = {}): Promise<TestGateway> {
    const [database, redis] = await Promise.all([testDatabase(), testRedis()]);
    Object.assign(process.env, {
      ENVIRONMENT: 'test',
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      BLOB_FOLDER: testBlobFolder(),
      JWT_SECRET: randomBytes(32).toString('base64'),
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
      PUBLIC_URL: 'https://platform.test',
      METRICS_PORT: '0',
      LOG_LEVEL: 'error',
      ...unlimited,
      ...variables,
    });
    const pool = new Pool({ connectionString: database.url, max: 2 });
    return new TestGateway(await startedApp(), pool, () => database.drop());
  }

  /** One more gateway on the same database. Stop it before this one. */
  async replica(variables: Readonly<Record<string, string>> = {}): Promise<TestGateway> {
    Object.assign(process.env, variables);
    const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 2 });
    return new TestGateway(await startedApp(), pool, () => Promise.resolve());
  }

  async request(options: InjectOptions): Promise<Answer> {
    const response = await this.app.inject(options);
    const isJson = String(response.headers['content-type']).includes('json');
    return { status: response.statusCode, headers: response.headers, body: isJson ? response.json() : response.body };
  }

  /** A new account, signed in. */
  async signUp(): Promise<TestUser> {
    const payload = { email: `${randomUUID()}@example.com`, password: 'correct horse battery staple', name: 'Ada' };
    const { body } = await this.request({ method: 'POST', url: '/api/v1/auth/register', payload });
    return this.as(body.user.id, body.tokens.access_token);
  }

  /** Whoever an access token is for. */
  as(id: string, accessToken: string): TestUser {
    const authorization = `Bearer ${accessToken}`;
    return {
      id,
      authorization,
      call: (method, path, content, headers) =>
        this.request({
          method: method as 'GET',
          url: `/api/v1${path}`,
          headers: { authorization, ...headers },
          ...(content !== undefined && { payload: content as object }),
        }),
    };
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.pool.end();
    await this.dropDatabase();
  }
}

async function startedApp(): Promise<NestFastifyApplication> {
  const app = await createGateway({ logger: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
