import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { connect } from 'node:net';
import { newId } from '@app/contracts';
import { hmacKey, newApiKey } from '@app/security';
import { forgedJws } from '@app/testing';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signUpAdmin } from '../../../../test/gateway/people.js';
import { TestGateway } from '../../../../test/gateway/test-gateway.js';

interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** What an attacker starts from: a good token of theirs taken apart, and the key it is signed with. */
interface Material extends Tokens {
  header: jwt.JwtHeader;
  claims: Record<string, unknown>;
  /** Signs as the gateway does: what only a broken check would let through must not fail for its signature. */
  key: string | KeyObject;
}

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const second = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid });

/** The same for each, so that whole answers can be compared. */
const REQUEST_ID = '3f2b8f1e-6c1a-4b0e-9f57-0d7f5a4c9b11';

/** With a gateway of its own for each kind of key. */
describe.each([
  { algorithm: 'HS256', variables: {} },
  {
    algorithm: 'ES256',
    variables: { JWT_KEYS: JSON.stringify([jwk(pair.privateKey, 'mine'), jwk(second.privateKey, 'other')]) },
  },
])('GET /auth/me with tokens signed with $algorithm', ({ algorithm, variables }) => {
  let gateway: TestGateway;
  let good: Material;

  beforeAll(async () => {
    gateway = await TestGateway.start(variables);
    const payload = { email: `${newId()}@example.com`, password: 'correct horse battery staple', name: 'Eve' };
    const { body } = await gateway.request({ method: 'POST', url: '/api/v1/auth/register', payload });
    const tokens = body.tokens as Tokens;
    const { header, payload: claims } = jwt.decode(tokens.access_token, { complete: true }) ?? {};
    const key = algorithm === 'HS256' ? (process.env['JWT_SECRET'] ?? '') : pair.privateKey;
    good = { ...tokens, header, claims, key } as Material;
  });
  afterAll(async () => {
    await gateway.stop();
    delete process.env['JWT_KEYS'];
  });

  /** All of an answer that a client can see, the date and the quota of its address aside. */
  async function answerTo(headers: Record<string, string>, query = ''): Promise<string> {
    const url = `/api/v1/auth/me${query}`;
    const answer = await gateway.app.inject({
      method: 'GET',
      url,
      headers: { 'x-request-id': REQUEST_ID, ...headers },
    });
    const seen = Object.entries(answer.headers).filter(([name]) => name !== 'date' && !name.startsWith('ratelimit'));
    return JSON.stringify([answer.statusCode, Object.fromEntries(seen), answer.payload]);
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const withoutToken = () => answerTo({});

  /** With the right key, whatever the header and the claims say. */
  const signed = (header: object, claims: object = {}) => {
    const { key } = good;
    return forgedJws({ ...good.header, ...header }, { ...good.claims, ...claims }, key);
  };
  const unsigned = (alg: string) => forgedJws({ ...good.header, alg }, good.claims, null);
  const now = () => Math.floor(Date.now() / 1000);

  it('lets in whoever has a good token', async () => {
    expect(good.header).toMatchObject({ alg: algorithm, typ: 'at+jwt' });
    expect(JSON.parse(await answerTo(bearer(good.access_token)))[0]).toBe(200);
    expect(JSON.parse(await answerTo(bearer(signed({}))))[0]).toBe(200);
  });

  it('answers nothing but 401 without one', async () => {
    const [status, headers, body] = JSON.parse(await withoutToken());
    expect(status).toBe(401);
    expect(headers).toMatchObject({ 'www-authenticate': 'Bearer' });
    expect(JSON.parse(body)).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      detail: 'A valid access token is needed.',
      instance: '/api/v1/auth/me',
      code: 'UNAUTHORIZED',
      request_id: REQUEST_ID,
    });
  });

  const attacks: [string, () => string][] = [
    ['alg none', () => unsigned('none')],
    ['alg None', () => unsigned('None')],
    ['alg NONE', () => unsigned('NONE')],
    ['alg nOnE', () => unsigned('nOnE')],
    ['alg none over a good signature', () => signed({ alg: 'none' })],
    ['a signature that was stripped', () => forgedJws(good.header, good.claims, null)],
    ['a signature that was stripped with its dot', () => forgedJws(good.header, good.claims, null).slice(0, -1)],
    ['a public key as the shared secret', () => forgedJws({ ...good.header, alg: 'HS256' }, good.claims, spki)],
    ['a public key as the shared secret, the algorithm kept', () => forgedJws(good.header, good.claims, spki)],
    [
      'an RSA signature',
      () => jwt.sign(good.claims, rsa.privateKey, { algorithm: 'RS256', keyid: good.header.kid ?? '' }),
    ],
    [
      'the shared secret where there are key pairs, or a key pair where there is a secret',
      () =>
        algorithm === 'ES256'
          ? sharedSecretToken(good.claims)
          : forgedJws({ ...good.header, alg: 'ES256' }, good.claims, pair.privateKey),
    ],
    ['another algorithm of the family', () => signed({ alg: algorithm.replace('256', '512') })],
    ['a kid that is a path', () => signed({ kid: '../../../../dev/null' })],
    ['a kid that is SQL', () => signed({ kid: "' UNION SELECT 'AAAA' --" })],
    ['an empty kid', () => signed({ kid: '' })],
    ['no kid', () => signed({ kid: undefined })],
    ['the kid of another key', () => signed({ kid: 'other' })],
    ['a kid that every object has', () => signed({ kid: 'constructor' })],
    ['an address of keys (jku)', () => signed({ jku: 'https://attacker.example/jwks.json' })],
    ['a key of its own (jwk)', () => forgedJws(withJwk(good.header), good.claims, second.privateKey)],
    ['an address of a certificate (x5u)', () => signed({ x5u: 'https://attacker.example/cert.pem' })],
    ['a certificate (x5c)', () => signed({ x5c: ['AAAA'] })],
    ['a critical extension', () => signed({ crit: ['b64'], b64: false })],
    ['another type in the header', () => signed({ typ: 'JWT' })],
    ['a token that is over', () => signed({}, { exp: now() - 1 })],
    ['a token that is not valid yet', () => signed({}, { nbf: now() + 60 })],
    ['a token that never ends', () => signed({}, { exp: undefined })],
    ['another audience', () => signed({}, { aud: 'somebody' })],
    ['another audience besides', () => signed({}, { aud: [good.claims['aud'], 'somebody'] })],
    ['another issuer', () => signed({}, { iss: 'https://attacker.example' })],
    ['another type', () => signed({}, { typ: 'refresh' })],
    ['no session', () => signed({}, { sid: undefined })],
    ['a role that there is not', () => signed({}, { roles: ['root'] })],
    ['a tampered payload', () => tampered(good.access_token, { roles: ['admin'] })],
    ['a refresh token', () => good.refresh_token],
    ['an API key that there is not', () => newApiKey().key],
    ['what begins like an API key', () => `bio_${good.access_token}`],
    ['a token and something more', () => `${good.access_token} x`],
    ['a token with padding', () => `${good.access_token}=`],
    ['nothing after Bearer', () => ''],
    ['a very long text', () => 'a'.repeat(10_000)],
  ];

  it.each(attacks)('says the same of %s', async (_, attack) => {
    expect(await answerTo(bearer(attack()))).toBe(await withoutToken());
  });

  it('says the same of the good token of an account that was deleted', async () => {
    const user = await gateway.signUp();
    expect(await answerTo({ authorization: user.authorization })).toContain(user.id);
    expect((await user.call('DELETE', '/users/me')).status).toBe(202);
    expect(await answerTo({ authorization: user.authorization })).toBe(await withoutToken());
  });

  it('says the same of the good token of an account that was deactivated, or whose roles changed', async () => {
    const [admin, user, other] = [await signUpAdmin(gateway), await gateway.signUp(), await gateway.signUp()];
    expect((await admin.call('PATCH', `/users/${user.id}`, { is_active: false })).status).toBe(200);
    expect((await admin.call('PATCH', `/users/${other.id}`, { roles: ['user', 'admin'] })).status).toBe(200);
    expect(await answerTo({ authorization: user.authorization })).toBe(await withoutToken());
    expect(await answerTo({ authorization: other.authorization })).toBe(await withoutToken());
  });

  it('says the same of the good token of a session that was ended', async () => {
    const user = await gateway.signUp();
    await user.call('POST', '/auth/logout');
    expect(await answerTo({ authorization: user.authorization })).toBe(await withoutToken());
  });

  it('takes a token from nowhere but the header', async () => {
    const token = good.access_token;
    const refused = await withoutToken();
    expect(await answerTo({}, `?access_token=${token}`)).toBe(refused);
    expect(await answerTo({ cookie: `access_token=${token}; token=${token}` })).toBe(refused);
    expect(await answerTo({ 'x-access-token': token, 'proxy-authorization': `Bearer ${token}` })).toBe(refused);
    expect(await answerTo({ authorization: token })).toBe(refused);
    expect(await answerTo({ authorization: `Basic ${token}` })).toBe(refused);
    expect(await answerTo({ authorization: `Bearer  ${token}` })).toBe(refused);
    expect(await answerTo({ authorization: `Bearer ${token}, Bearer ${token}` })).toBe(refused);
  });

  it('takes none of two Authorization headers', async () => {
    const own = `Authorization: Bearer ${good.access_token}\r\n`;
    expect(await overTheWire(gateway, own)).toMatch(/^HTTP\/1\.1 200 /);
    for (const other of ['Bearer x', `Bearer ${good.access_token}`, 'Basic eDp5']) {
      const lines = [own, `authorization: ${other}\r\n`];
      expect(await overTheWire(gateway, lines.join(''))).toMatch(/^HTTP\/1\.1 401 /);
      expect(await overTheWire(gateway, lines.reverse().join(''))).toMatch(/^HTTP\/1\.1 401 /);
    }
  });
});

/** A token as the gateway would sign it without JWT_KEYS. */
function sharedSecretToken(claims: object): string {
  const secret = process.env['JWT_SECRET'] ?? '';
  return forgedJws({ alg: 'HS256', typ: 'at+jwt', kid: hmacKey(secret).id }, claims, secret);
}

function withJwk(header: object): object {
  return { ...header, alg: 'ES256', jwk: second.publicKey.export({ format: 'jwk' }) };
}

/** The signature of one payload under another. */
function tampered(token: string, change: object): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return [header, Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url'), signature].join('.');
}

/** What a client gets that writes its own headers; clients of Node.js send no header twice. */
async function overTheWire(gateway: TestGateway, headers: string): Promise<string> {
  const server = gateway.app.getHttpServer();
  if (server.address() === null) await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.address() as { port: number };
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (bytes) => (answer += bytes.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.write(`GET /api/v1/auth/me HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n${headers}\r\n`);
  });
}
