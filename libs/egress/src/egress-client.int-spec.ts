import { runInContext, runTrace } from '@app/observability';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { egressCall as call, EgressWorld, Happening } from '../../../test/egress/egress-world.js';
import type { EgressError } from './egress.error.js';
import type { Resolve } from './pinned-lookup.js';

const world = new EgressWorld();

afterEach(() => world.end());

describe('EgressClient', () => {
  it('sends method, headers and body and gives the answer', async () => {
    const { url, seen } = await world.serve((_req, res) => res.writeHead(201, { 'x-a': '1' }).end('ok'));
    const request = call(`${url}/p?q=1#f`, { method: 'POST', headers: { 'x-b': '2' }, body: 'hi' });
    const response = await world.client().request(request);
    expect(response).toMatchObject({ status: 201, headers: { 'x-a': '1' } });
    expect(response.body.toString()).toBe('ok');
    expect(seen).toMatchObject([{ method: 'POST', url: '/p?q=1', headers: { 'x-b': '2' }, body: 'hi' }]);
  });

  it('waits for the answer after what comes before it', async () => {
    const { url } = await world.serve((_req, res) =>
      res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => res.writeHead(200, { 'x-a': '1' }).end('ok')),
    );
    const response = await world.client().request(call(url));
    expect([response.status, response.headers['x-a'], response.headers['link']]).toEqual([200, '1', undefined]);
    expect(response.body.toString()).toBe('ok');
  });

  it('gives a body whole that comes in many pieces, and the lines of a header as one', async () => {
    const piece = Buffer.alloc(100_000, 'abc');
    const { url } = await world.serve((_req, res) => {
      res.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] });
      for (let pieces = 0; pieces < 20; pieces += 1) res.write(piece);
      res.end();
    });
    const response = await world.client({ maxResponseBytes: 2_000_000 }).request(call(url));
    expect(response.headers['set-cookie']).toBe('a=1, b=2');
    expect(response.body.equals(Buffer.concat(Array.from({ length: 20 }, () => piece)))).toBe(true);
  });

  it('says where in which trace it is called, and who calls, unless the request says so itself', async () => {
    const { url, seen } = await world.serve((_req, res) => res.end());
    const egress = world.client();
    const runId = '01890a5d-ac96-774b-bcce-b302099a8057';
    await runInContext({ trace: runTrace(runId) }, async () => {
      await egress.request(call(url));
      await egress.request(call(url));
    });
    await egress.request(call(url));
    const own = { Traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00', 'USER-AGENT': 'mine' };
    await egress.request(call(url, { headers: own }));
    const traces = seen.map(({ headers }) => String(headers['traceparent']));
    for (const trace of traces.slice(0, 2))
      expect(trace).toMatch(/^00-01890a5dac96774bbcceb302099a8057-[0-9a-f]{16}-01$/);
    expect(traces[2]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(traces[3]).toBe(own.Traceparent);
    expect(new Set(traces).size).toBe(4);
    expect(seen.map(({ headers }) => headers['user-agent'])).toEqual([
      'biometrics',
      'biometrics',
      'biometrics',
      'mine',
    ]);
  });

  it.each([
    ['http://127.0.0.1/', 'EGRESS_ALLOW'],
    ['http://localhost/', 'EGRESS_ALLOW'],
    ['http://[::ffff:127.0.0.1]/', 'EGRESS_ALLOW'],
    ['http://user:s3cret@example.com/', 'from a secret'],
    ['http://user@example.com/', 'from a secret'],
    ['file:///etc/passwd', 'http and https'],
  ])('refuses %s', async (url, remedy) => {
    const refusal = world.client({ allow: [] }).request(call(url));
    await expect(refusal).rejects.toMatchObject({ code: 'EGRESS_REFUSED', mayHaveHappened: false });
    await expect(refusal).rejects.toThrow(remedy);
    await expect(refusal).rejects.not.toThrow('s3cret');
  });

  it('says that a request cannot be sent', async () => {
    const { url, seen } = await world.serve((_req, res) => res.end());
    const unsendable: Record<string, string>[] = [
      { 'transfer-encoding': 'chunked' },
      { 'a b': 'c' },
      { a: 'b\r\nc: d' },
    ];
    for (const headers of unsendable) {
      const told = { code: 'CONFIG_INVALID', mayHaveHappened: false };
      await expect(world.client().request(call(url, { headers }))).rejects.toMatchObject(told);
    }
    expect(seen).toEqual([]);
  });

  it('knows that nothing happened while there was no connection: late, stopped or broken in the middle of connecting', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    const connection = (): Promise<Socket> => new Promise((resolve) => silent.once('connection', resolve));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    // It speaks no TLS: the connection never stands.
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const egress = world.client();
    const post = { method: 'POST', body: 'once' };
    const late = {
      code: 'TIMEOUT',
      mayHaveHappened: false,
      message: expect.stringContaining('connected to in time'),
      // Told at once, and not by the failure of the connection some seconds later.
      cause: expect.objectContaining({ message: 'The time of the call is up.' }),
    };
    const first = connection();
    await expect(egress.request(call(url, { ...post, timeoutMs: 50 }))).rejects.toMatchObject(late);
    await first;
    const stop = new AbortController();
    const connecting = connection();
    const stopped = egress.request(call(url, { ...post, signal: stop.signal }));
    await connecting;
    stop.abort();
    const atOnce = { cause: expect.objectContaining({ message: 'The call was stopped.' }) };
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED', mayHaveHappened: false, ...atOnce });
    void connection().then((socket) => socket.destroy());
    const broken = egress.request(call(url, post));
    await expect(broken).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE', mayHaveHappened: false });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('does not know it when a connection that is used again breaks', async () => {
    let isFirst = true;
    const { url } = await world.serve((req, res) => {
      if (!isFirst) return void req.socket.destroy();
      isFirst = false;
      res.end('kept');
    });
    const egress = world.client();
    const again = { method: 'PUT', body: 'x', reuseConnection: true };
    await egress.request(call(url, again));
    await expect(egress.request(call(url, again))).rejects.toMatchObject({
      code: 'HTTP_INTERRUPTED',
      mayHaveHappened: true,
    });
  });

  it('knows that nothing happened when nobody listens, and that nobody knows when the connection breaks', async () => {
    const { url, server } = await world.serve((req) => req.socket.destroy());
    const broken = { code: 'HTTP_INTERRUPTED', mayHaveHappened: true };
    await expect(world.client().request(call(url))).rejects.toMatchObject(broken);
    await new Promise((resolve) => server.close(resolve));
    const unreachable = { code: 'HTTP_UNREACHABLE', mayHaveHappened: false };
    await expect(world.client().request(call(url))).rejects.toMatchObject(unreachable);
    await expect(world.client().request(call('http://no-such-host.invalid/'))).rejects.toMatchObject(unreachable);
  });
});

describe('a name that points elsewhere later', () => {
  /** A name server that gives one answer after the other, the last one for ever. */
  function answering(...answers: string[][]): { resolve: Resolve; asked: () => number } {
    let asked = 0;
    const resolve: Resolve = (_name, _options, callback) => {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? [];
      asked += 1;
      callback(
        null,
        answer.map((address) => ({ address, family: 4 })),
      );
    };
    return { resolve, asked: () => asked };
  }
  // 127.0.0.1 stands for a public address and 127.0.0.2 for a private one.
  const allow = ['127.0.0.1'];

  it('is called where it was checked, and refused when it is looked up again', async () => {
    const { port, seen } = await world.serve((_req, res) => res.end());
    const { resolve, asked } = answering(['127.0.0.1'], ['127.0.0.2']);
    const egress = world.client({ allow }, resolve);
    const url = `http://rebound.example:${port}/`;
    expect((await egress.request(call(url))).status).toBe(200);
    expect(asked()).toBe(1);
    await expect(egress.request(call(url))).rejects.toMatchObject({ code: 'EGRESS_REFUSED', mayHaveHappened: false });
    expect(seen).toHaveLength(1);
  });

  it('stays where it was checked as long as its connection is used again, and not one call longer', async () => {
    const { port, seen, server } = await world.serve((_req, res) => res.end());
    const { resolve, asked } = answering(['127.0.0.1'], ['127.0.0.2']);
    const egress = world.client({ allow }, resolve);
    const again = call(`http://rebound.example:${port}/`, { reuseConnection: true });
    for (let calls = 0; calls < 3; calls += 1) {
      await egress.request(again);
      // The connection is free again once what its last answer started is done.
      await setImmediate();
    }
    expect(asked()).toBe(1);
    server.closeAllConnections();
    // The client may write on the closed connection before it sees that it is closed.
    const code = await egress.request(again).then(String, (error: unknown) => (error as EgressError).code);
    if (code === 'HTTP_INTERRUPTED')
      await expect(egress.request(again)).rejects.toMatchObject({ code: 'EGRESS_REFUSED' });
    else expect(code).toBe('EGRESS_REFUSED');
    expect(seen).toHaveLength(3);
  });

  it.each([
    ['private first', ['127.0.0.2', '127.0.0.1']],
    ['public first', ['127.0.0.1', '127.0.0.2']],
  ])('is refused when one of its addresses is: %s', async (_order, addresses) => {
    const { port, seen } = await world.serve((_req, res) => res.end());
    const egress = world.client({ allow }, answering(addresses).resolve);
    const refusal = egress.request(call(`http://both.example:${port}/`));
    await expect(refusal).rejects.toMatchObject({ code: 'EGRESS_REFUSED' });
    // What it resolved to says something about the operator's network.
    await expect(refusal).rejects.not.toThrow('127.0.0.2');
    expect(seen).toEqual([]);
  });
});

describe('the limits of an answer', () => {
  const encodings = [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const;

  it.each(encodings)('reads what is compressed with %s', async (coding, compress) => {
    const { url } = await world.serve((_req, res) =>
      res.writeHead(200, { 'content-encoding': coding }).end(compress('hello '.repeat(100))),
    );
    expect((await world.client().request(call(url))).body.toString()).toBe('hello '.repeat(100));
  });

  it.each(encodings)('counts a body of %s that grows without measure', async (coding, compress) => {
    const bomb = compress(Buffer.alloc(5_000_000));
    const { url } = await world.serve((_req, res) => res.writeHead(200, { 'content-encoding': coding }).end(bomb));
    const egress = world.client({ maxResponseBytes: 100_000 });
    expect(bomb.length).toBeLessThan(100_000);
    await expect(egress.request(call(url))).rejects.toMatchObject({
      code: 'RESPONSE_TOO_LARGE',
      mayHaveHappened: true,
    });
  });

  it('counts what is packed in several layers', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(5_000_000)));
    const { url } = await world.serve((_req, res) =>
      res.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(bomb),
    );
    const [small, large] = [world.client(), world.client({ maxResponseBytes: 5_000_000 })];
    await expect(small.request(call(url))).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    expect((await large.request(call(url))).body).toHaveLength(5_000_000);
  });

  it.each(['zstd', 'gzip, gzip, gzip, gzip', 'gzip, nonsense'])('leaves a body of %s as it is', async (coding) => {
    const { url } = await world.serve((_req, res) =>
      res.writeHead(200, { 'content-encoding': coding }).end('as it is'),
    );
    expect((await world.client().request(call(url))).body.toString()).toBe('as it is');
  });

  it('says when a body is not what it claims to be, and takes none for none', async () => {
    const { url } = await world.serve((req, res) =>
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(req.url === '/none' ? '' : 'no gzip'),
    );
    const broken = { code: 'HTTP_INTERRUPTED', mayHaveHappened: true };
    await expect(world.client().request(call(url))).rejects.toMatchObject(broken);
    expect((await world.client().request(call(`${url}/none`))).body).toHaveLength(0);
    expect((await world.client().request(call(url, { method: 'HEAD' }))).body).toHaveLength(0);
  });

  it('refuses a body that says it is too large without reading it, but not the answer to a HEAD', async () => {
    const { url } = await world.serve((req, res) => {
      res.writeHead(200, { 'content-length': '5000' });
      if (req.method === 'HEAD') res.end();
      else res.write('x');
    });
    await expect(world.client().request(call(url))).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    const head = await world.client().request(call(url, { method: 'HEAD' }));
    expect(head).toMatchObject({ status: 200, headers: { 'content-length': '5000' } });
  });

  it('reads no more than the limit of a body without end, and closes the connection', async () => {
    const closed = new Happening();
    const { url } = await world.serve((req, res) => {
      const more = (): void => void (res.write('x'.repeat(65_536)) ? setTimeout(more) : res.once('drain', more));
      req.socket.once('close', () => closed.happens());
      more();
    });
    await expect(world.client().request(call(url))).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    await closed.happened;
  });

  it('refuses headers beyond 16 KiB', async () => {
    const { url } = await world.serve((_req, res) => res.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end());
    await expect(world.client().request(call(url))).rejects.toMatchObject({
      code: 'RESPONSE_TOO_LARGE',
      mayHaveHappened: true,
    });
  });
});

describe('the time of a call', () => {
  it.each<[string, (res: { write: (text: string) => void }) => void]>([
    ['no answer', () => undefined],
    ['a body that begins and does not end', (res) => res.write('{')],
    [
      'a body that comes a byte at a time',
      (res) => {
        const timer = setInterval(() => res.write('x'), 5);
        timer.unref();
      },
    ],
  ])('ends %s', async (_what, answer) => {
    const closed = new Happening();
    const { url } = await world.serve((req, res) => {
      req.socket.once('close', () => closed.happens());
      answer(res);
    });
    const late = { code: 'TIMEOUT', mayHaveHappened: true };
    await expect(world.client().request(call(url, { timeoutMs: 50 }))).rejects.toMatchObject(late);
    await closed.happened;
  });

  it('counts over all redirects together', async () => {
    const silent = await world.serve(() => undefined);
    const { url } = await world.redirecting(302, silent.url);
    await expect(world.client().request(call(url, { timeoutMs: 1_000 }))).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(silent.seen).toHaveLength(1);
  });

  it.each([true, false])('ends with the signal, which closes the socket (reused: %s)', async (reuseConnection) => {
    const [asked, closed] = [new Happening(), new Happening()];
    const { url } = await world.serve((req) => {
      req.socket.once('close', () => closed.happens());
      asked.happens();
    });
    const abort = new AbortController();
    const answer = world.client().request(call(url, { signal: abort.signal, reuseConnection }));
    await asked.happened;
    abort.abort();
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED', mayHaveHappened: true });
    await closed.happened;
  });

  it('is not made when its sender lost the right to while it connected', async () => {
    const { url, seen } = await world.serve((_req, res) => res.end());
    let asked = 0;
    const mayLeave = (may: boolean) => (): boolean => {
      asked += 1;
      return may;
    };
    for (const reuseConnection of [false, true]) {
      const late = call(url, { method: 'POST', reuseConnection, mayLeave: mayLeave(false) });
      await expect(world.client().request(late)).rejects.toMatchObject({
        code: 'HTTP_UNREACHABLE',
        mayHaveHappened: false,
      });
    }
    expect(seen).toEqual([]);
    const inTime = call(url, { method: 'POST', mayLeave: mayLeave(true) });
    expect((await world.client().request(inTime)).status).toBe(200);
    expect(asked).toBe(3);
  });

  it('is over when the signal came first', async () => {
    const { url, seen } = await world.serve((_req, res) => res.end());
    const signal = AbortSignal.abort();
    await expect(world.client().request(call(url, { signal }))).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(seen).toEqual([]);
  });
});
