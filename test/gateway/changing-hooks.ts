import { createHmac } from 'node:crypto';
import { Pool } from 'pg';
import { expect, vi } from 'vitest';
import { KnownHooks, type Hook as KnownHook } from '../../apps/gateway/src/hooks/known-hooks.js';
import { webhookDefinition } from './definitions.js';
import { TestGateway, type Answer, type TestUser } from './test-gateway.js';

export interface TestHook {
  id: string;
  path: string;
}

export interface Sent {
  method?: 'GET' | 'POST' | 'PUT';
  query?: string;
  body?: string;
  headers?: Record<string, string>;
}

/** A delivery that is signed as `hmac` asks for. */
export const signed = (key: string, body = '{}', headers = {}): Sent => ({
  body,
  headers: { 'x-signature': createHmac('sha256', key).update(body).digest('hex'), ...headers },
});
/** Verified with the secret `key`. */
export const hmac = { verify: { type: 'hmac', secret: 'key', header: 'X-Signature' } };

/** Hooks that are changed through one gateway, while another one, which takes their deliveries, remembers what was before. */
export class ChangingHooks {
  private constructor(
    private readonly gateway: TestGateway,
    private readonly other: TestGateway,
    readonly user: TestUser,
  ) {}

  static async start(): Promise<ChangingHooks> {
    const gateway = await TestGateway.start();
    return new ChangingHooks(gateway, await gateway.replica(), await gateway.signUp());
  }

  async stop(): Promise<void> {
    await this.other.stop();
    await this.gateway.stop();
  }

  /** The owner and the secrets as they are before a test: `key` is "old", `second` is "two". */
  async reset(): Promise<void> {
    vi.restoreAllMocks();
    await this.sql('UPDATE users SET is_active = true, deletion_due_at = NULL WHERE id = $1', this.user.id);
    for (const [name, value] of Object.entries({ key: 'old', second: 'two' })) {
      await this.user.call('DELETE', `/secrets/${name}`);
      await this.done('POST', '/secrets', { name, value });
    }
  }

  async open(trigger: object): Promise<TestHook> {
    const { body } = await this.user.call('POST', '/workflows', webhookDefinition(trigger));
    const hook = { id: body.id as string, path: new URL(body.hook_url).pathname };
    await this.done('POST', `/workflows/${hook.id}/activate`);
    return hook;
  }

  /** A change that is committed when this resolves. */
  async done(method: string, path: string, body?: object): Promise<void> {
    const answer = await this.user.call(method, path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  }

  replace({ id }: TestHook, trigger: object): Promise<void> {
    return this.done('PUT', `/workflows/${id}`, webhookDefinition(trigger));
  }

  async sql(text: string, ...values: string[]): Promise<void> {
    await this.gateway.pool.query(text, values);
  }

  send({ path }: TestHook, { method = 'POST', query = '', body = '{}', headers = {} }: Sent = {}): Promise<Answer> {
    const payload = method === 'GET' ? {} : { payload: body };
    const type = method === 'GET' ? {} : { 'content-type': 'application/json' };
    return this.other.request({ method, url: `${path}${query}`, ...payload, headers: { ...type, ...headers } });
  }

  /** What the gateway that takes deliveries remembers. */
  remembered({ path }: TestHook): KnownHook | undefined {
    return this.other.app.get(KnownHooks).remembered(path.slice('/hooks/'.length));
  }

  /** How many runs a hook has started: each has its claim. */
  async runsOf({ id }: TestHook): Promise<number> {
    const { rows } = await this.gateway.pool.query(
      `SELECT count(*)::int AS runs, count(c.run_id)::int AS claims
       FROM workflow_runs r LEFT JOIN claims c ON c.run_id = r.id WHERE r.workflow_id = $1`,
      [id],
    );
    expect(rows[0].claims).toBe(rows[0].runs);
    return rows[0].runs;
  }

  /** What is looked up about hooks (`hooks`) and what is accepted (`accept-…`), while `work` lasts. */
  async statementsOf(work: () => Promise<unknown>): Promise<{ name: string; values: unknown[][] }[]> {
    const queries = vi.spyOn(this.other.app.get(Pool), 'query');
    await work();
    const all = queries.mock.calls.map(([query]) => query as unknown as { name?: string; values: unknown[][] });
    queries.mockRestore();
    return all.flatMap(({ name = '', values }) => (/^(hooks|accept)/.test(name) ? [{ name, values }] : []));
  }

  /**
   * Commits something each time when a run is about to be accepted with what was looked up, until `reset`.
   * @param beforeLooking commits something each time when a hook is about to be looked up
   * @returns how often it has
   */
  beforeAccepting(change: () => Promise<unknown>, times = 1, beforeLooking?: () => Promise<unknown>): () => number {
    const pool = this.other.app.get<{ query: (...args: unknown[]) => Promise<unknown> }>(Pool);
    const query = pool.query.bind(pool);
    let changes = 0;
    const changing = async (...args: unknown[]): Promise<unknown> => {
      const [{ name }] = args as [{ name?: string }];
      if (name === 'hooks') await beforeLooking?.();
      if (name?.startsWith('accept') === true && changes < times) {
        changes += 1;
        await change();
      }
      return query(...args);
    };
    vi.spyOn(pool, 'query').mockImplementation(changing);
    return () => changes;
  }
}
