import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer } from '../../../../../test/gateway/test-gateway.js';

const password = 'correct horse battery staple';
/** Addresses of nobody (RFC 5737), another one for each test. */
let last = 0;
const someAddress = (): string => `203.0.113.${(last += 1)}`;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start({
    RATE_LIMIT_REQUESTS_PER_MINUTE: '100',
    RATE_LIMIT_BURST_SIZE: '20',
    LOGIN_FREE_FAILURES: '2',
  });
});
afterAll(() => gateway.stop());

function post(path: string, payload: object, remoteAddress: string): Promise<Answer> {
  return gateway.request({ method: 'POST', url: `/api/v1/auth/${path}`, payload, remoteAddress });
}

async function account(remoteAddress: string): Promise<string> {
  const email = `${randomUUID()}@example.com`;
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

describe('a password that was wrong', () => {
  it('makes the next attempt wait, and the right one too, until the time has passed', async () => {
    const address = someAddress();
    const email = await account(address);
    const wrong = await inTurn(3, () => post('login', { email, password: 'wrong' }, address));
    expect(statusesOf(wrong)).toEqual([401, 401, 401]);
    const right = await post('login', { email, password }, address);
    expect(right).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' }, headers: { 'retry-after': '2' } });
  });

  it('is as good as forgotten once the right one came', async () => {
    const address = someAddress();
    const email = await account(address);
    for (let round = 0; round < 2; round += 1) {
      const wrong = await inTurn(2, () => post('login', { email, password: 'wrong' }, address));
      expect(statusesOf(wrong)).toEqual([401, 401]);
      expect((await post('login', { email, password }, address)).status).toBe(200);
    }
  });

  it('does not count in whatever case the address is written', async () => {
    const address = someAddress();
    const email = await account(address);
    const spellings = [email, email.toUpperCase(), email, email];
    const answers = await inTurn(4, (i) => post('login', { email: spellings[i], password: 'wrong' }, address));
    expect(statusesOf(answers)).toEqual([401, 401, 401, 429]);
  });

  it('cannot be tried at the same time more often than one after the other', async () => {
    const address = someAddress();
    const email = await account(address);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post('login', { email, password: 'wrong' }, address)),
    );
    expect(statusesOf(answers).filter((status) => status === 401)).toHaveLength(3);
  });

  it('of a malformed request does not count', async () => {
    const address = someAddress();
    const email = await account(address);
    const answers = await inTurn(5, () => post('login', { email, password: 5 }, address));
    expect(statusesOf(answers)).toEqual([400, 400, 400, 400, 400]);
    expect((await post('login', { email, password }, address)).status).toBe(200);
  });

  it('looks the same when there is no such account', async () => {
    const [known, unknown] = [someAddress(), someAddress()];
    const emails = [await account(known), `${randomUUID()}@example.com`];
    const addresses = [someAddress(), someAddress()];
    const [existing, missing] = await Promise.all(
      emails.map((email, i) => inTurn(4, () => post('login', { email, password: 'wrong' }, addresses[i] ?? unknown))),
    );
    const seen = (answers: Answer[] = []): unknown[] =>
      answers.map(({ status, body, headers }) => ({ status, ...body, request_id: '', after: headers['retry-after'] }));
    expect(seen(existing)).toEqual(seen(missing));
    expect(existing?.at(-1)?.status).toBe(429);
  });
});

describe('a stranger', () => {
  /** Ten guesses a minute are the account's, so that these use them up. */
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
    const asked = await inTurn(6, () => post('password/forgot', { email }, someAddress()));
    expect(statusesOf(asked)).toEqual([202, 202, 202, 202, 202, 429]);
    expect((await post('password/forgot', { email }, home)).status).toBe(202);
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
    expect(answers[20]?.headers['retry-after']).toBe('3');
  });
});

describe('the current password', () => {
  it('cannot be guessed by who got hold of a session', async () => {
    const address = someAddress();
    const email = `${randomUUID()}@example.com`;
    const { body } = await post('register', { email, password, name: 'Ada' }, address);
    const headers = { authorization: `Bearer ${body.tokens.access_token}` };
    const payload = { current_password: 'wrong', new_password: 'another horse battery staple' };
    const url = '/api/v1/auth/password/change';
    const answers = await inTurn(4, () =>
      gateway.request({ method: 'POST', url, headers, payload, remoteAddress: address }),
    );
    expect(statusesOf(answers)).toEqual([400, 400, 400, 429]);
  });
});
