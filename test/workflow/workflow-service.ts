import { newId, stepViews, type StepView } from '@app/contracts';
import { acceptRuns } from '@app/database';
import type { StepDefinition } from '@app/definition';
import { GracefulShutdown } from '@app/observability';
import { eventually, testBlobFolder, testDatabase, testRedis, type TestDatabase } from '@app/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { loadHistories } from '../../apps/workflow/src/runs/store/run-history.js';
import { WorkflowModule } from '../../apps/workflow/src/workflow.module.js';

/** What a receiver saw of a call. */
export interface Received {
  method: string;
  url: string;
  key: string;
  trace: string;
  body: string;
}

/** A run as its row tells it. */
export interface RunRow {
  status: string;
  output: unknown;
  error: { code: string } | null;
  workflow_id: string;
}

type Answer = (end: (status: number, body?: object, headers?: Record<string, string>) => void) => void;

/** The key ring that the service opens secrets with. */
export const TEST_KEY = Buffer.alloc(32, 7);

/** The workflow service in this process, on a database of its own, with a receiver for its calls. */
export class WorkflowService {
  received: Received[] = [];
  /** Answers of the receiver, by path; 200 with {ok: true} unless there is one. */
  readonly answers = new Map<string, Answer>();
  readonly userId = newId();

  private constructor(
    readonly database: TestDatabase,
    readonly pool: Pool,
    readonly app: INestApplicationContext,
    readonly receiver: Server,
    readonly receiverUrl: string,
  ) {}

  static async start(): Promise<WorkflowService> {
    const redis = await testRedis();
    const database = await testDatabase();
    Object.assign(process.env, {
      ENVIRONMENT: 'test',
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      BLOB_FOLDER: testBlobFolder(),
      METRICS_PORT: '0',
      HEALTH_PORT: '0',
      LOG_LEVEL: 'fatal',
      ENCRYPTION_KEYS: `test:${TEST_KEY.toString('base64')}`,
      ENGINE_POLL_MS: '50',
      ENGINE_HEARTBEAT_MS: '100',
    });
    const pool = new Pool({ connectionString: database.url, max: 4 });
    const receiver = createServer();
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const app = await NestFactory.createApplicationContext(WorkflowModule, { logger: false });
    const service = new WorkflowService(database, pool, app, receiver, url);
    await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, 'a@example.com', 'A')`, [service.userId]);
    service.receive();
    return service;
  }

  /** Forgets what the receiver saw and was told to answer. */
  reset(): void {
    this.received = [];
    this.answers.clear();
  }

  async stop(): Promise<void> {
    this.receiver.closeAllConnections();
    this.receiver.close();
    await this.app.get(GracefulShutdown).run();
    await this.app.close();
    await this.pool.end();
    await this.database.drop();
  }

  async createWorkflow(steps: StepDefinition[], config: Record<string, unknown> = {}): Promise<string> {
    const id = newId();
    await this.pool.query(
      `WITH w AS (INSERT INTO workflows (id, user_id, name, trigger_type, steps, config)
                  VALUES ($1, $2, 'w', 'manual', $3, $4))
       INSERT INTO workflow_versions (workflow_id, version, name, description, trigger_type, steps, config)
       VALUES ($1, 1, 'w', '', 'manual', $3, $4)`,
      [id, this.userId, JSON.stringify(steps), JSON.stringify(config)],
    );
    return id;
  }

  async execute(workflowId: string, input: unknown = {}, depth = 0, trigger: object = {}): Promise<string> {
    const id = newId();
    const request = {
      id,
      workflowId,
      userId: this.userId,
      trigger: { type: 'manual' as const, ...trigger },
      inputJson: JSON.stringify(input),
      correlationId: null,
      tags: [],
      needsActive: false,
      dedupeKey: null,
      depth,
    };
    await acceptRuns(this.pool, [request]);
    return id;
  }

  async start(steps: StepDefinition[], input?: unknown): Promise<string> {
    return this.execute(await this.createWorkflow(steps), input);
  }

  async run(id: string): Promise<RunRow | undefined> {
    return (await this.pool.query<RunRow>('SELECT * FROM workflow_runs WHERE id = $1', [id])).rows[0];
  }

  becomes(id: string, ...statuses: string[]): Promise<RunRow> {
    return eventually(async () => {
      const row = await this.run(id);
      return row !== undefined && statuses.includes(row.status) && row;
    });
  }

  async steps(id: string): Promise<StepView[]> {
    return stepViews((await loadHistories(this.pool, [id])).get(id)?.entries ?? []);
  }

  call(id: string, method: string, more: Partial<StepDefinition> = {}): StepDefinition {
    const config = { method, url: `${this.receiverUrl}/${id}`, body: { n: '{{ input.n }}' } };
    return { id, type: 'http.request', config, ...more };
  }

  private receive(): void {
    this.receiver.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method = '', url = '' } = request;
        const { 'idempotency-key': key, traceparent: trace } = request.headers;
        this.received.push({ method, url, key: String(key), trace: String(trace), body });
        const end = (status: number, data: object = { ok: true }, headers: Record<string, string> = {}): void =>
          void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(data));
        const answer = this.answers.get(url) ?? ((done: typeof end) => done(200));
        answer(end);
      });
    });
  }
}
