import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EgressClient, type EgressRequest } from './egress-client.js';

const open = { allow: ['127.0.0.0/8'], maxResponseBytes: 1_000 };
const cleanups: (() => Promise<void> | void)[] = [];

async function serve(
  handler: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<{ url: string; server: Server }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function client(config = open): EgressClient {
  const egress = new EgressClient(config);
  cleanups.push(() => egress.close());
  return egress;
}

const call = (url: string, more: Partial<EgressRequest> = {}): EgressRequest => ({
  method: 'GET',
  url,
  headers: {},
  body: null,
  timeoutMs: 5_000,
  signal: new AbortController().signal,
  reuseConnection: false,
  ...more,
});

describe('EgressClient', () => {
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  it('sends method, headers and body and gives the answer', async () => {
    const { url } = await serve((req, res) => {
      let body = '';
      req.on('data', (chunk: Buffer) => (body += chunk.toString()));
      req.on('end', () =>
        res.writeHead(201, { 'x-a': '1' }).end(`${req.method} ${req.url} ${String(req.headers['x-b'])} ${body}`),
      );
    });
    const response = await client().request(
      call(`${url}/p?q=1`, { method: 'POST', headers: { 'x-b': '2' }, body: 'hi' }),
    );
    expect(response).toMatchObject({ status: 201, headers: { 'x-a': '1' } });
    expect(response.body.toString()).toBe('POST /p?q=1 2 hi');
  });

  it.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data',
    'http://[64:ff9b::7f00:1]/',
    'http://0.0.0.0/',
    'file:///etc/passwd',
    'not a url',
  ])('refuses %s unless it is allowed', async (url) => {
    const closed = client({ ...open, allow: [] });
    await expect(closed.request(call(url))).rejects.toMatchObject({ code: 'EGRESS_REFUSED', mayHaveHappened: false });
  });

  it('checks each redirect again and leaves credentials behind', async () => {
    const target = await serve((req, res) =>
      res.end(`${String(req.headers['authorization'])} ${String(req.headers['x-a'])}`),
    );
    const { url } = await serve((req, res) => {
      const to = req.url === '/inside' ? 'http://10.0.0.1/' : target.url;
      res.writeHead(302, { location: to }).end();
    });
    const headers = { authorization: 'Bearer s', 'x-a': 'kept' };
    const response = await client().request(call(url, { headers }));
    expect(response.body.toString()).toBe('undefined kept');
    await expect(client().request(call(`${url}/inside`))).rejects.toMatchObject({ code: 'EGRESS_REFUSED' });
  });

  it('does not follow the redirect of a call with an effect', async () => {
    const { url } = await serve((_req, res) => res.writeHead(307, { location: '/again' }).end());
    expect((await client().request(call(url, { method: 'POST' }))).status).toBe(307);
  });

  it('knows that nothing happened when nobody listens, and that nobody knows when the connection breaks', async () => {
    const { url, server } = await serve((req) => req.socket.destroy());
    await expect(client().request(call(url))).rejects.toMatchObject({
      code: 'HTTP_INTERRUPTED',
      mayHaveHappened: true,
    });
    await new Promise((resolve) => server.close(resolve));
    await expect(client().request(call(url))).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
      mayHaveHappened: false,
    });
    await expect(client().request(call('http://no-such-host.invalid/'))).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
    });
  });

  it('sends nothing when its sender lost the right to while it connected', async () => {
    let requests = 0;
    const { url } = await serve((_req, res) => {
      requests += 1;
      res.end('done');
    });
    let asked = 0;
    const mayLeave = (may: boolean) => (): boolean => {
      asked += 1;
      return may;
    };
    for (const reuseConnection of [false, true]) {
      await expect(
        client().request(call(url, { method: 'POST', reuseConnection, mayLeave: mayLeave(false) })),
      ).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE', mayHaveHappened: false });
    }
    expect(requests).toBe(0);
    const response = await client().request(call(url, { method: 'POST', mayLeave: mayLeave(true) }));
    expect(response.body.toString()).toBe('done');
    expect(asked).toBe(3);
  });

  it('stops at the time-out, at the signal and at the size limit', async () => {
    const silent = await serve(() => undefined);
    await expect(client().request(call(silent.url, { timeoutMs: 20 }))).rejects.toMatchObject({ code: 'TIMEOUT' });
    const stopped = AbortSignal.abort();
    await expect(client().request(call(silent.url, { signal: stopped }))).rejects.toMatchObject({ code: 'CANCELLED' });
    const large = await serve((_req, res) => res.end('x'.repeat(2_000)));
    await expect(client().request(call(large.url))).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  });
});
