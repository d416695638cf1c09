import { newId } from '@app/contracts';
import { KeyRing, sealCredentials } from '@app/security';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEST_KEY, WorkflowService } from '../../../test/workflow/workflow-service.js';

const TOKEN = 'cr3dential-of-the-test';
const ring = new KeyRing([{ id: 'test', key: TEST_KEY }]);

describe('http.request with a credential', () => {
  let service: WorkflowService;
  /** Another origin, and the headers that it got. */
  let elsewhere: Server;
  let seen: NodeJS.Dict<string | string[]>[] = [];
  const url = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  beforeAll(async () => {
    service = await WorkflowService.start();
    const note = (request: { headers: NodeJS.Dict<string | string[]> }): number => seen.push(request.headers);
    elsewhere = createServer((request, response) => (note(request), response.end('{}')));
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    service.receiver.on('request', note);
  });
  beforeEach(() => {
    service.reset();
    seen = [];
  });
  afterAll(async () => {
    elsewhere.closeAllConnections();
    elsewhere.close();
    await service.stop();
  });

  async function integration(userId = service.userId, sealedFor?: string): Promise<string> {
    const id = newId();
    const owner = { userId, integrationId: sealedFor ?? id, version: 1 };
    const config = { base_url: service.receiverUrl, header: 'X-Key', scheme: '', limit: null };
    await service.pool.query(
      `INSERT INTO integrations (id, user_id, type, name, config, status, credentials, credentials_version)
       VALUES ($1, $2, 'http', 'Orders', $3, 'active', $4, 1)`,
      [id, userId, JSON.stringify(config), sealCredentials(ring, owner, { token: TOKEN })],
    );
    return id;
  }

  const call = (credential: string, more = {}) => ({
    id: 'call',
    type: 'http.request',
    config: { method: 'PUT', url: `${service.receiverUrl}/orders`, credential, ...more },
    retry: { max_attempts: 3, delay_ms: 1, backoff: 1 },
  });

  const fails = async (step: ReturnType<typeof call>, error: object): Promise<void> => {
    const id = await service.start([step]);
    const run = await service.becomes(id, 'failed');
    expect(run.error).toMatchObject(error);
    expect((await service.steps(id))[0]).toMatchObject({ attempt: 1 });
    expect(seen).toEqual([]);
  };

  it('is sent what the integration has, and nothing of it is kept', async () => {
    service.answers.set('/orders', (end) => end(200, { you_sent: seen.at(-1)?.['x-key'] }));
    const credential = await integration();
    const id = await service.start([call(credential)]);
    expect(await service.becomes(id, 'completed')).toMatchObject({ output: { body: { you_sent: '[credential]' } } });
    expect(seen).toMatchObject([{ 'x-key': TOKEN }]);
    const { rows } = await service.pool.query<{ all: string }>(
      `SELECT (SELECT json_agg(r)::text FROM workflow_runs r WHERE id = $1) || (SELECT json_agg(j)::text FROM run_journal j WHERE run_id = $1) AS all`,
      [id],
    );
    expect(rows[0]?.all).not.toContain(TOKEN);
    expect(rows[0]?.all).toContain(credential);
  });

  it('takes nothing of it to another origin that it is redirected to', async () => {
    service.answers.set('/orders', (end) => end(307, {}, { location: `${url(elsewhere)}/there` }));
    const id = await service.start([call(await integration())]);
    await service.becomes(id, 'completed');
    expect(seen.map((headers) => headers['x-key'])).toEqual([TOKEN, undefined]);
  });

  it('fails for good when the integration is gone, not active, of somebody else, or has no credentials', async () => {
    const change = async (set: string): Promise<string> => {
      const id = await integration();
      await service.pool.query(`UPDATE integrations SET ${set} WHERE id = $1`, [id]);
      return id;
    };
    const code = 'INTEGRATION_UNUSABLE';
    await fails(call(await change('deleted_at = now()')), { code, message: expect.stringContaining('any more') });
    await fails(call(await change(`status = 'inactive'`)), {
      code,
      message: expect.stringContaining("'Orders' is inactive"),
    });
    await fails(call(await change('credentials = NULL')), { code, message: expect.stringContaining('without') });
    const stranger = newId();
    await service.pool.query(`INSERT INTO users (id, email, name) VALUES ($1, 'b@example.com', 'B')`, [stranger]);
    await fails(call(await integration(stranger)), { code, message: expect.stringContaining('any more') });
  });

  it('fails for good when the url leads to where the credentials do not go', async () => {
    await fails(call(await integration(), { url: `${url(elsewhere)}/` }), { code: 'CONFIG_INVALID' });
  });

  it('is not made with credentials that were sealed for another row', async () => {
    const { retry: _, ...once } = call(await integration(service.userId, newId()));
    const run = await service.becomes(await service.start([once]), 'failed');
    expect(run.error).toMatchObject({ code: 'STEP_CRASHED', message: expect.stringContaining('does not decrypt') });
    expect(seen).toEqual([]);
  });

  it('uses them in a probe, too', async () => {
    service.answers.set('/orders', () => service.receiver.closeAllConnections());
    const credential = await integration();
    const request = { method: 'GET', url: `${service.receiverUrl}/orders/7`, credential };
    const step = { ...call(credential, { method: 'POST' }), probe: { request, expression: 'body.ok' } };
    await service.becomes(await service.start([step]), 'completed');
    expect(seen.map((headers) => headers['x-key'])).toEqual([TOKEN, TOKEN]);
  });
});
