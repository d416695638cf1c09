import { eventually } from '@app/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { egressCall, EgressWorld, type Receiver } from '../../../test/egress/egress-world.js';

const world = new EgressWorld();
const call: typeof egressCall = (url, more) => egressCall(url, { redirects: 'follow', ...more });
const headers = {
  authorization: 'Bearer s',
  Cookie: 'a=b',
  'Proxy-Authorization': 'Basic s',
  'idempotency-key': 'run/step',
  'X-Api-Key': 's',
  'x-vault-token': 's',
  'Ocp-Apim-Subscription-Key': 's',
  'x-from-a-secret': 's',
  host: 'inside.example',
  'content-type': 'text/plain',
  'x-plain': 'kept',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};
const request = { headers, secretHeaders: ['X-From-A-Secret'] };

afterEach(() => world.end());

const target = (): Promise<Receiver> => world.serve((_req, res) => res.end('here'));

describe('a redirect to another origin', () => {
  it('takes no credentials, no key and nothing that came from a secret along', async () => {
    const { url, port, seen } = await target();
    const first = await world.redirecting(302, `${url}/there`);
    const response = await world.client().request(call(first.url, request));
    expect(response.body.toString()).toBe('here');
    expect(first.seen[0]?.headers).toMatchObject({ authorization: 'Bearer s', 'x-from-a-secret': 's' });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/there' });
    expect(seen[0]?.headers).toEqual({
      host: `127.0.0.1:${port}`,
      connection: 'close',
      'content-type': 'text/plain',
      'x-plain': 'kept',
      traceparent: headers.traceparent,
      'user-agent': 'biometrics',
    });
  });

  it('gives none of it back on the way home', async () => {
    const home = await world.serve((req, res) =>
      req.url === '/end' ? res.end() : res.writeHead(302, { location: away.url }).end(),
    );
    const away = await world.redirecting(302, `${home.url}/end`);
    await world.client().request(call(home.url, request));
    expect(home.seen[1]?.headers).not.toHaveProperty('authorization');
    expect(home.seen[1]?.headers).not.toHaveProperty('x-from-a-secret');
  });

  it.each(['PUT', 'DELETE', 'POST', 'PATCH'])('repeats a %s with its body and without its key', async (method) => {
    const { url, seen } = await target();
    const first = await world.redirecting(307, url);
    await world.client().request(call(first.url, { ...request, method, body: 'x' }));
    expect(seen[0]).toMatchObject({ method, body: 'x' });
    expect(seen[0]?.headers).not.toHaveProperty('idempotency-key');
  });

  it('does not repeat what is bound to its origin, and says where it should go', async () => {
    const { url, seen } = await target();
    const first = await world.redirecting(308, url);
    const bound = call(first.url, { ...request, method: 'POST', body: 'x', boundBecause: 'its body holds a secret' });
    const refusal = world.client().request(bound);
    await expect(refusal).rejects.toMatchObject({ code: 'EGRESS_REFUSED', mayHaveHappened: false });
    await expect(refusal).rejects.toThrow(`to ${url}, where it is not sent because its body holds a secret. Put`);
    expect(seen).toEqual([]);
  });

  it('leads to its result all the same, with a GET', async () => {
    const { url, seen } = await target();
    const first = await world.redirecting(303, url);
    await world.client().request(call(first.url, { ...request, method: 'POST', body: 'x', boundBecause: 'of it' }));
    expect(seen).toMatchObject([{ method: 'GET', body: '' }]);
  });
});

describe('a redirect within the origin', () => {
  it.each([307, 308])('%i repeats the request as it was', async (status) => {
    const { url, seen } = await world.serve((req, res) =>
      req.url === '/' ? res.writeHead(status, { location: '/there' }).end() : res.end(),
    );
    const bound = { ...request, method: 'POST', body: 'x', boundBecause: 'of it' };
    const response = await world.client().request(call(url, bound));
    expect(response).not.toHaveProperty('afterEffect');
    expect(seen[1]).toEqual({ ...seen[0], url: '/there' });
    expect(seen[1]?.headers).toMatchObject({ 'idempotency-key': 'run/step', 'x-from-a-secret': 's' });
  });
});

describe('the method after a redirect', () => {
  it.each([
    [301, 'GET', 'GET'],
    [301, 'HEAD', 'HEAD'],
    [301, 'POST', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'POST', 'GET'],
    [302, 'PATCH', 'PATCH'],
    [302, 'DELETE', 'DELETE'],
    [303, 'GET', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'DELETE', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'PATCH', 'PATCH'],
  ])('%i after %s is %s', async (status, method, then) => {
    const { url, seen } = await target();
    const first = await world.redirecting(status, url);
    const body = method === 'GET' || method === 'HEAD' ? null : 'x';
    const sent = { method, body, headers: { 'content-type': 'text/plain', 'content-language': 'de', 'x-a': '1' } };
    const response = await world.client().request(call(first.url, sent));
    expect(seen).toMatchObject([{ method: then, body: then === method ? (body ?? '') : '' }]);
    const kept = then === method ? { 'content-type': 'text/plain', 'content-language': 'de' } : {};
    expect(seen[0]?.headers).toMatchObject({ 'x-a': '1', ...kept });
    if (then !== method)
      for (const name of Object.keys(sent.headers).slice(0, 2)) expect(seen[0]?.headers).not.toHaveProperty(name);
    expect(response.afterEffect ?? false).toBe(then !== method);
  });

  it.each([300, 304, 305, 306])('%i is an answer like any other', async (status) => {
    const { url } = await world.redirecting(status, 'http://127.0.0.1:1/');
    expect((await world.client().request(call(url))).status).toBe(status);
  });

  it.each([undefined, 'http://', 'http://[::1%25lo]/'])(
    'is not asked for when the location is %j',
    async (location) => {
      const { url } = await world.serve((_req, res) =>
        res.writeHead(302, location === undefined ? {} : { location }).end('x'),
      );
      expect(await world.client().request(call(url))).toMatchObject({ status: 302, body: Buffer.from('x') });
    },
  );

  it.each([
    ['GET', undefined, 200],
    ['OPTIONS', undefined, 200],
    ['GET', 'answer', 307],
    ['POST', 'answer', 307],
    ['POST', undefined, 307],
    ['DELETE', undefined, 307],
    ['POST', 'follow', 200],
  ] as const)('is not asked for where redirects are answers: %s, %s', async (method, redirects, status) => {
    const { url, seen } = await world.serve((req, res) =>
      req.url === '/' ? res.writeHead(307, { location: '/there' }).end('moved') : res.end('here'),
    );
    const response = await world.client().request(egressCall(url, { method, ...(redirects && { redirects }) }));
    expect([response.status, response.body.toString()]).toEqual([status, status === 307 ? 'moved' : 'here']);
    expect(seen).toHaveLength(status === 307 ? 1 : 2);
  });
});

describe('where a redirect may lead', () => {
  it.each([
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00:ec2::254]/',
    'http://0x0a000001/',
    '//0300.0250.0.1/',
    'http://user:s3cret@127.0.0.1/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
  ])('%s is refused like a first address', async (location) => {
    const { url } = await world.redirecting(302, location);
    const refusal = world.client().request(call(url));
    await expect(refusal).rejects.toMatchObject({ code: 'EGRESS_REFUSED', mayHaveHappened: false });
    await expect(refusal).rejects.not.toThrow('s3cret');
  });
});

describe('what may have happened after a redirect', () => {
  const effect = { method: 'POST', body: 'x' };

  it.each([
    [307, false],
    [308, false],
    [301, true],
    [302, true],
    [303, true],
  ])('%i to where nobody listens: %s', async (status, mayHaveHappened) => {
    const { url } = await world.redirecting(status, 'http://127.0.0.1:1/');
    await expect(world.client().request(call(url, effect))).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
      mayHaveHappened,
    });
  });

  it.each([
    [307, false],
    [303, true],
  ])('%i to a closed address: %s', async (status, mayHaveHappened) => {
    const { url } = await world.redirecting(status, 'http://10.0.0.1/');
    await expect(world.client().request(call(url, effect))).rejects.toMatchObject({
      code: 'EGRESS_REFUSED',
      mayHaveHappened,
    });
  });

  it('307 to a receiver that breaks: it may', async () => {
    const { url } = await world.serve((req) => req.socket.destroy());
    const first = await world.redirecting(307, url);
    await expect(world.client().request(call(first.url, effect))).rejects.toMatchObject({
      code: 'HTTP_INTERRUPTED',
      mayHaveHappened: true,
    });
  });

  it.each([
    ['GET', 302, false],
    ['POST', 307, false],
    ['POST', 303, true],
  ])('too many redirects of a %s by %i: %s', async (method, status, mayHaveHappened) => {
    const { url, seen } = await world.redirecting(status, '/again');
    const endless = world.client().request(call(url, { method }));
    await expect(endless).rejects.toMatchObject({ code: 'HTTP_INTERRUPTED', mayHaveHappened });
    await expect(endless).rejects.toThrow('more than 5 times');
    expect(seen).toHaveLength(6);
  });

  it.each([
    [307, 'not repeated', 2, 0],
    [303, 'read all the same', 1, 1],
  ])('%i of a call that its sender lost meanwhile: it is %s', async (status, _what, asks, calls) => {
    const { url, seen } = await target();
    const first = await world.redirecting(status, url);
    let asked = 0;
    const mayLeave = (): boolean => (asked += 1) === 1;
    const answer = await world
      .client()
      .request(call(first.url, { ...effect, mayLeave }))
      .catch((error: unknown) => error);
    expect(answer).toMatchObject(calls === 1 ? { status: 200 } : { code: 'HTTP_UNREACHABLE', mayHaveHappened: false });
    expect([asked, seen.length]).toEqual([asks, calls]);
  });

  it('a failure of the page that a POST led to does not mean that the POST failed', async () => {
    const failing = await world.serve((_req, res) => res.writeHead(503).end());
    const { url } = await world.redirecting(303, failing.url);
    expect(await world.client().request(call(url, effect))).toMatchObject({ status: 503, afterEffect: true });
  });
});

it('the body of a redirect is not waited for beyond the limit', async () => {
  const { url } = await target();
  const first = await world.serve((_req, res) => {
    const more = (): void => void (res.write('x'.repeat(65_536)) ? setImmediate(more) : res.once('drain', more));
    res.writeHead(302, { location: url });
    more();
  });
  expect((await world.client().request(call(first.url))).body.toString()).toBe('here');
});

describe('before a redirect is followed', () => {
  it('whoever makes the call is asked, and may take their time', async () => {
    const { url, seen } = await target();
    const first = await world.redirecting(307, `${url}/there`);
    const asked: string[] = [];
    let letGo: () => void = () => undefined;
    const beforeRedirect = (to: URL): Promise<void> => {
      asked.push(to.href);
      return new Promise((resolve) => (letGo = resolve));
    };
    const answer = world.client().request(call(first.url, { beforeRedirect }));
    await eventually(() => asked.length === 1);
    expect([asked, seen]).toEqual([[`${url}/there`], []]);
    letGo();
    expect((await answer).body.toString()).toBe('here');
  });

  it('the time of the call goes on, and a request that is only to be sent there has not happened', async () => {
    const { url, seen } = await target();
    const first = await world.redirecting(307, url);
    const beforeRedirect = (_to: URL, signal: AbortSignal): Promise<void> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    const answer = world.client().request(call(first.url, { method: 'POST', timeoutMs: 200, beforeRedirect }));
    await expect(answer).rejects.toMatchObject({ code: 'TIMEOUT', mayHaveHappened: false });
    expect(seen).toEqual([]);
  });
});
