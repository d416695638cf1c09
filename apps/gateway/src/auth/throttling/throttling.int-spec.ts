import { redisCommand } from '@app/servers';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer } from '../../../../../test/gateway/test-gateway.js';
import { networkOf } from '../../http/rate-limit/network.js';
import { accountKey } from './account-key.js';

const password = 'correct horse battery staple';
/** Addresses of nobody (RFC 5737), another one for each test. */
let last = 0;
const someAddress = (): string => `203.0.113.${(last += 1)}`;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start({
    // So slow that nothing comes back during a test.
    RATE_LIMIT_REQUESTS_PER_MINUTE: '10',
    RATE_LIMIT_BURST_SIZE: '20',
    LOGIN_FREE_FAILURES: '2',
  });
});
afterAll(() => gateway.stop());

function post(path: string, payload: object, remoteAddress: string): Promise<Answer> {
  return gateway.request({ method: 'POST', url: `/api/v1/auth/${path}`, payload, remoteAddress });
}

async function account(remoteAddress: string): Promise<string> {
  const email = `ida.${randomUUID()}@example.com`;
  const { status, body } = await post('register', { email, password, name: 'Ada' }, remoteAddress);
  expect(status, JSON.stringify(body)).toBe(201);
  return email;
}

async function inTurn<T>(times: number, ask: (index: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let index = 0; index < times; index += 1) answers.push(await ask(index));
  return answers;
}

const statusesOf = (answers: Answer[]): number[] => answers.map(({ status }) => status);

/** Changes what is known about the attempts at an account from an address. */
function setAttempts(email: string, address: string, field: 'failures' | 'next_at', value: number): Promise<string> {
  const key = `ratelimit:{attempts:${accountKey(email)}:${networkOf(address)}}`;
  return redisCommand(process.env['REDIS_URL'] ?? '', 'HSET', key, field, String(value));
}

/** As if attempts had failed: the wait after the next failure is long beyond the time that a test takes. */
const failedBefore = (email: string, address: string): Promise<string> => setAttempts(email, address, 'failures', 9);

describe('a password that was wrong', () => {
  it('makes the next attempt wait, and the right one too, until the time has passed', async () => {
    const address = someAddress();
    const email = await account(address);
    await failedBefore(email, address);
    expect((await post('login', { email, password: 'wrong' }, address)).status).toBe(401);
    const right = await post('login', { email, password }, address);
    expect(right).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(60);
    await setAttempts(email, address, 'next_at', 0);
    expect((await post('login', { email, password }, address)).status).toBe(200);
  });

  it('costs nothing the first times, and is as good as forgotten once the right one came', async () => {
    const address = someAddress();
    const email = await account(address);
    for (let round = 0; round < 2; round += 1) {
      const wrong = await inTurn(2, () => post('login', { email, password: 'wrong' }, address));
      expect(statusesOf(wrong)).toEqual([401, 401]);
      expect((await post('login', { email, password }, address)).status).toBe(200);
    }
  });

  it('counts in whatever case the address is written', async () => {
    const address = someAddress();
    const email = await account(address);
    await failedBefore(email, address);
    // PostgreSQL takes a capital I with a dot for an i, JavaScript for an i and a dot.
    const other = email.replace('ida', '\u0130da');
    const spellings = [email, email.toUpperCase(), ` ${email}`, other];
    expect(new Set(spellings).size).toBe(4);
    const answers = await inTurn(4, (i) => post('login', { email: spellings[i], password: 'wrong' }, address));
    expect(statusesOf(answers)).toEqual([401, 429, 429, 429]);
  });

  it('cannot be tried at the same time more often than one after the other', async () => {
    const address = someAddress();
    const email = await account(address);
    await failedBefore(email, address);
    const wrong = { email, password: 'wrong' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('login', wrong, address)));
    expect(statusesOf(answers).filter((status) => status === 401)).toHaveLength(1);
  });

  it('of a malformed request does not count', async () => {
    const address = someAddress();
    const email = await account(address);
    await failedBefore(email, address);
    const answers = await inTurn(5, () => post('login', { email, password: 5 }, address));
    expect(statusesOf(answers)).toEqual([400, 400, 400, 400, 400]);
    expect((await post('login', { email, password }, address)).status).toBe(200);
  });

  it('looks the same when there is no such account', async () => {
    const emails = [await account(someAddress()), `${randomUUID()}@example.com`];
    const [existing, missing] = await Promise.all(
      emails.map(async (email) => {
        const address = someAddress();
        await failedBefore(email, address);
        return inTurn(2, () => post('login', { email, password: 'wrong' }, address));
      }),
    );
    // The seconds differ by those that passed.
    const seen = (answers: Answer[] = []): unknown[] =>
      answers.map(({ status, body, headers }) => ({
        ...body,
        request_id: '',
        detail: String(body.detail).replace(/\d+/, '…'),
        status,
        headers: Object.keys(headers),
      }));
    expect(seen(existing)).toEqual(seen(missing));
    expect(existing?.at(-1)?.status).toBe(429);
  });
});

describe('a stranger', () => {
  /** Ten guesses are the account's, so that these use them up. */
  async function guessFromEverywhere(email: string): Promise<Answer[]> {
    return inTurn(12, () => post('login', { email, password: 'wrong' }, someAddress()));
  }

  it('is stopped at the account, from however many addresses', async () => {
    const email = await account(someAddress());
    expect(statusesOf(await guessFromEverywhere(email)).slice(9)).toEqual([401, 429, 429]);
  });

  it('does not keep the owner out who comes from where they were before', async () => {
    const home = someAddress();
    const email = await account(home);
    await guessFromEverywhere(email);
    expect((await post('login', { email, password }, home)).status).toBe(200);
    expect((await post('login', { email, password }, someAddress())).status).toBe(429);
  });

  it('does not keep them out within the network that they had, or when that is written another way', async () => {
    const homes = [
      ['2001:db8:5:1::1', '2001:db8:5:1:ffff::2'],
      ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ] as const;
    for (const [home, later] of homes) {
      const email = await account(home);
      await guessFromEverywhere(email);
      expect((await post('login', { email, password }, later)).status).toBe(200);
      expect((await post('login', { email, password }, '2001:db8:5:2::1')).status).toBe(429);
    }
  });

  it('learns nothing about whether there is an account', async () => {
    const answers = await guessFromEverywhere(`${randomUUID()}@example.com`);
    expect(statusesOf(answers).slice(9)).toEqual([401, 429, 429]);
  });

  it("cannot fill somebody's inbox, nor keep them from asking themselves", async () => {
    const home = someAddress();
    const email = await account(home);
    await gateway.pool.query('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
    const asked = await inTurn(6, () => post('password/forgot', { email }, someAddress()));
    expect(statusesOf(asked)).toEqual([202, 202, 202, 202, 202, 429]);
    expect((await post('password/forgot', { email }, home)).status).toBe(202);
  });
});

describe('whoever made an account with an address that nobody has proved', () => {
  it('cannot fill the inbox there from where they are signed in', async () => {
    const home = someAddress();
    const email = await account(home);
    const forgot = await inTurn(6, () => post('password/forgot', { email }, home));
    expect(statusesOf(forgot)).toEqual([202, 202, 202, 202, 202, 429]);
    const { body } = await post('login', { email, password }, home);
    const headers = { authorization: `Bearer ${body.tokens.access_token}` };
    const ask = { method: 'POST', url: '/api/v1/auth/email/verification', headers, remoteAddress: home } as const;
    expect(statusesOf(await inTurn(6, () => gateway.request(ask)))).toEqual([202, 202, 202, 202, 202, 429]);
  });

  it("cannot fill others' by giving the account one address after the other", async () => {
    const home = someAddress();
    const { body } = await post('login', { email: await account(home), password }, home);
    const headers = { authorization: `Bearer ${body.tokens.access_token}` };
    const answers = await inTurn(6, () =>
      gateway.request({
        method: 'PUT',
        url: '/api/v1/users/me/email',
        headers,
        payload: { email: `${randomUUID()}@example.com` },
        remoteAddress: home,
      }),
    );
    expect(statusesOf(answers)).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

describe('somebody on the same link', () => {
  it('has an address with a zone, and signs in', async () => {
    const home = 'fe80::1%eth0';
    expect((await post('login', { email: await account(home), password }, home)).status).toBe(200);
  });
});

describe('an address', () => {
  it('may guess at a fifth of the pace of other requests, whoever is signed in', async () => {
    const address = someAddress();
    const email = `${randomUUID()}@example.com`;
    const { body } = await post('register', { email, password, name: 'Ada' }, address);
    const headers = { authorization: `Bearer ${body.tokens.access_token}` };
    const url = '/api/v1/auth/password/change';
    const payload = { current_password: password, new_password: 5 };
    const change = { method: 'POST', url, headers, payload, remoteAddress: address } as const;
    const answers = await inTurn(21, () => gateway.request(change));
    expect(statusesOf(answers).slice(19)).toEqual([400, 429]);
    expect(answers[20]?.headers['ratelimit-policy']).toContain('"user"');
  });
});

describe('the current password', () => {
  it('cannot be guessed by who got hold of a session', async () => {
    const address = someAddress();
    const email = `${randomUUID()}@example.com`;
    const { body } = await post('register', { email, password, name: 'Ada' }, address);
    const headers = { authorization: `Bearer ${body.tokens.access_token}` };
    const payload = { current_password: 'wrong', new_password: 'another horse battery staple' };
    const change = { method: 'POST', url: '/api/v1/auth/password/change', headers, payload } as const;
    await failedBefore(email, address);
    const answers = await inTurn(2, () => gateway.request({ ...change, remoteAddress: address }));
    expect(statusesOf(answers)).toEqual([400, 429]);
  });
});
