import { newId, ProofMethod, scopes, UserRole, type Scope } from '@app/contracts';
import { AccessTokens, hashToken, newApiKey, PasswordHasher } from '@app/security';
import { SessionsService } from '../../apps/gateway/src/auth/sessions/sessions.service.js';
import { definition } from '../gateway/definitions.js';
import { PlayedEngine } from '../gateway/played-engine.js';
import type { TestGateway } from '../gateway/test-gateway.js';

/** What everybody's password is. */
export const PASSWORD = 'correct horse battery staple';

/** Somebody who is signed in. */
export interface Person {
  id: string;
  email: string;
  sessionId: string;
  authorization: string;
}

const device = { ipAddress: '127.0.0.1', userAgent: 'matrix' };
const everyScope = Object.values(scopes);

/** People, keys and things to try the routes with, made without the routes where those are slow. */
export class World {
  private constructor(
    readonly gateway: TestGateway,
    private readonly passwordHash: string,
  ) {}

  static async in(gateway: TestGateway): Promise<World> {
    return new World(gateway, await gateway.app.get(PasswordHasher).hash(PASSWORD));
  }

  async person(...roles: UserRole[]): Promise<Person> {
    const [id, email] = [newId(), `${newId()}@example.com`];
    await this.query(
      `INSERT INTO users (id, email, name, password, roles, email_verified_at) VALUES ($1, $2, 'Ada', $3, $4, now())`,
      [id, email, this.passwordHash, [UserRole.User, ...roles]],
    );
    return { id, email, ...(await this.signIn(id)) };
  }

  /** One more session. */
  async signIn(userId: string): Promise<Omit<Person, 'id' | 'email'>> {
    const signIn = { userId, method: ProofMethod.Password, device };
    const tokens = await this.gateway.app.get(SessionsService).start(signIn);
    const { sessionId } = this.gateway.app.get(AccessTokens).verify(tokens.access_token);
    return { sessionId, authorization: `Bearer ${tokens.access_token}` };
  }

  /** A key with these scopes, `Bearer` in front. */
  async key(userId: string, held: readonly Scope[] = everyScope): Promise<string> {
    const { key, prefix } = newApiKey();
    await this.query(
      `INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, expires_at)
       VALUES ($1, $2, 'CI', $3, $4, $5, now() + interval '1 day')`,
      [newId(), userId, prefix, hashToken(key), held],
    );
    return `Bearer ${key}`;
  }

  /** What a person gets for asking for it, as an id or a name. */
  async made(person: Person, path: string, body: unknown): Promise<Record<string, string>> {
    const answer = await this.gateway.request({
      method: 'POST',
      url: `/api/v1${path}`,
      headers: { authorization: person.authorization },
      payload: body as object,
    });
    if (answer.status >= 400) throw new Error(`POST ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async workflow(person: Person): Promise<string> {
    return String((await this.made(person, '/workflows', definition()))['id']);
  }

  async run(person: Person): Promise<string> {
    return String((await this.made(person, `/workflows/${await this.workflow(person)}/execute`, {}))['run_id']);
  }

  /** The other service, for one run. */
  engine(runId: string): PlayedEngine {
    return new PlayedEngine(this.gateway.pool, runId);
  }

  query(sql: string, values: unknown[]): Promise<unknown> {
    return this.gateway.pool.query(sql, values);
  }
}
