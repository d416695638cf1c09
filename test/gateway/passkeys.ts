import { expect } from 'vitest';
import { SoftwareAuthenticator, type Ceremony } from './software-authenticator.js';
import type { Answer, TestGateway, TestUser } from './test-gateway.js';

/** Where the pages of the gateway under test are. */
export const ORIGIN = 'https://platform.test';

/** A passkey of a user: what made it, and its row's id. */
export interface TestPasskey {
  key: SoftwareAuthenticator;
  id: string;
}

/** Passkeys of the gateway's users, in software. */
export class TestPasskeys {
  constructor(private readonly gateway: TestGateway) {}

  post(path: string, payload?: object): Promise<Answer> {
    return this.gateway.request({ method: 'POST', url: `/api/v1/auth/passkeys/${path}`, ...(payload && { payload }) });
  }

  async creationOptions(user: TestUser): Promise<Answer['body']> {
    const { status, body } = await user.call('POST', '/auth/passkeys/register/options');
    expect(status, JSON.stringify(body)).toBe(200);
    return body;
  }

  async challenge(): Promise<string> {
    return (await this.post('login/options')).body.challenge;
  }

  async of(user: TestUser, isSynced = false): Promise<TestPasskey> {
    const key = new SoftwareAuthenticator(ORIGIN, isSynced);
    const options = await this.creationOptions(user);
    key.userHandle = options.user.id;
    const body = { credential: key.create({ challenge: options.challenge }), name: 'Laptop' };
    const registered = await user.call('POST', '/auth/passkeys/register/verify', body);
    expect(registered.status, JSON.stringify(registered.body)).toBe(201);
    return { key, id: registered.body.id };
  }

  async signIn(key: SoftwareAuthenticator, change: Partial<Ceremony> = {}): Promise<Answer> {
    return this.post('login/verify', { credential: key.get({ challenge: await this.challenge(), ...change }) });
  }

  /** Somebody signed in with a passkey, who may do what is sensitive. */
  async signUp(): Promise<TestPasskey & { user: TestUser }> {
    const { key, id } = await this.of(await this.gateway.signUp());
    return { user: this.signedIn(await this.signIn(key)), key, id };
  }

  signedIn({ body }: Answer): TestUser {
    const authorization = `Bearer ${body.tokens.access_token}`;
    return {
      id: body.user.id,
      authorization,
      call: (method, path, content, headers) =>
        this.gateway.request({
          method: method as 'GET',
          url: `/api/v1${path}`,
          headers: { authorization, ...headers },
          ...(content !== undefined && { payload: content as object }),
        }),
    };
  }
}
