import { AuthConfig } from '@app/config';
import {
  AppError,
  newId,
  notFound,
  OneTimeTokenPurpose,
  RevocationKind,
  type PageQuery,
  type ProofMethod,
  type RenameSessionDto,
  type SessionDto,
  type TokensDto,
} from '@app/contracts';
import { inTransaction, Session, voidOneTimeTokens } from '@app/database';
import { hashToken, RefreshTokens, unauthorized } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { DataSource, IsNull, type Repository } from 'typeorm';
import { AuditService, type AuditActor, type AuditedAction } from '../../audit/audit.service.js';
import { sessionOf, type Caller } from '../../http/access/caller.js';
import { decodeCursor, isIdKey, pageOf, type Page } from '../../http/paging.js';
import type { Device } from '../../http/device.decorator.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { endReusedSession, endSession, endSessions, rotateSession, startSession } from './sessions.sql.js';
import { toSession } from './to-session.js';
import { TokenIssuer, type SessionOwner } from './token-issuer.js';

/** How a sign-in came about. */
export interface SignIn {
  userId: string;
  method: ProofMethod;
  device: Device;
  /** The hash that a password was verified with: no session starts when the account has another one by now. */
  passwordHash?: string | undefined;
}

/** Which of a user's sessions end. */
export interface EndSessions {
  userId: string;
  /** The one that goes on. */
  except?: string | undefined;
}

/** Where people are signed in. */
@Injectable()
export class SessionsService {
  private readonly sessions: Repository<Session>;

  constructor(
    private readonly pool: Pool,
    dataSource: DataSource,
    private readonly config: AuthConfig,
    private readonly issuer: TokenIssuer,
    private readonly refreshTokens: RefreshTokens,
    private readonly revocations: RevocationsService,
    private readonly audit: AuditService,
  ) {
    this.sessions = dataSource.getRepository(Session);
  }

  /** @throws AppError UNAUTHORIZED when the person may not sign in any more */
  async start({ userId, method, device, passwordHash }: SignIn): Promise<TokensDto> {
    const tokens = this.issuer.prepare(newId());
    const { sessionId, accessTokenHash, refreshTokenHash } = tokens;
    const { ipAddress, userAgent } = device;
    const ttl = Math.min(this.config.refreshTokenTtlMs, this.config.sessionMaxAgeMs);
    const values = [
      sessionId,
      userId,
      accessTokenHash,
      refreshTokenHash,
      ttl,
      ipAddress,
      userAgent,
      method,
      passwordHash ?? null,
    ];
    const event = this.audit.values({
      action: 'session.started',
      actor: { userId },
      device,
      subject: { type: 'session', id: sessionId },
      details: { method },
    });
    const query = { name: 'start-session', text: startSession, values: [...values, ...event] };
    const { rows } = await this.pool.query<SessionOwner>(query);
    const [owner] = rows;
    if (owner === undefined) throw unauthorized();
    return this.issuer.issue(tokens, owner);
  }

  /**
   * Exchanges a refresh token. One that was exchanged before ends its session, unless that was a moment ago.
   * @throws AppError UNAUTHORIZED
   */
  async rotate(refreshToken: string, device: Device): Promise<TokensDto> {
    const sessionId = this.refreshTokens.sessionOf(refreshToken);
    if (sessionId === undefined) throw refused();
    const hash = hashToken(refreshToken);
    const tokens = this.issuer.prepare(sessionId);
    const values = [
      sessionId,
      hash,
      tokens.accessTokenHash,
      tokens.refreshTokenHash,
      this.config.refreshTokenTtlMs,
      this.config.sessionMaxAgeMs,
    ];
    const { rows } = await this.pool.query<SessionOwner>({ name: 'rotate-session', text: rotateSession, values });
    const [owner] = rows;
    if (owner !== undefined) return this.issuer.issue(tokens, owner);
    await this.endReused(sessionId, hash, device);
    throw refused();
  }

  /** Those that are good at the moment, the newest first. */
  async list(caller: Caller, query: PageQuery): Promise<Page<SessionDto>> {
    const current = sessionOf(caller);
    const good = this.sessions
      .createQueryBuilder('session')
      .where('session.user_id = :userId AND session.revoked_at IS NULL AND session.expires_at > now()', caller);
    const page = good
      .clone()
      .orderBy('session.id', 'DESC')
      .limit(query.limit + 1);
    if (query.cursor === undefined) page.offset((query.page - 1) * query.limit);
    else page.andWhere('session.id < :after', { after: decodeCursor(query.cursor, isIdKey)[0] });
    const total = query.cursor === undefined ? await good.getCount() : undefined;
    const rows = (await page.getMany()).map((session) => toSession(session, current));
    return pageOf(rows, query, total, ({ id }) => [id]);
  }

  /**
   * Gives one of the caller's sessions a name.
   * @throws AppError NOT_FOUND when there is no such session, or it is over
   */
  async rename(sessionId: string, { name }: RenameSessionDto, caller: Caller): Promise<SessionDto> {
    const values = { name, updated_at: () => 'now()' };
    const where = { id: sessionId, user_id: caller.userId, revoked_at: IsNull() };
    const { affected } = await this.sessions.update(where, values);
    const session = affected === 1 ? await this.sessions.findOneBy({ id: sessionId }) : null;
    if (session === null) throw notFound('session');
    return toSession(session, sessionOf(caller));
  }

  /**
   * Ends a session of the caller; its tokens are refused here at once and on every other gateway within a second.
   * @throws AppError NOT_FOUND when there is no such session, or it is over
   */
  async end(sessionId: string, caller: Caller, device: Device): Promise<void> {
    const committed = await inTransaction(this.pool, async (client) => {
      const { rowCount } = await client.query(endSession, [sessionId, caller.userId]);
      if (rowCount === 0) throw notFound('session');
      return this.ended(client, [sessionId], { action: 'session.ended', actor: caller, device });
    });
    committed();
  }

  /** Ends all sessions of the caller, this one too. */
  async endAll(caller: Caller, device: Device): Promise<void> {
    const { userId } = caller;
    const committed = await inTransaction(this.pool, (client) => this.endIn(client, { userId }, caller, device));
    committed();
  }

  /**
   * Ends sessions of a user as part of a change of theirs, and sign-ins with a provider that would become some in a
   * moment; `client` is its transaction.
   * @returns to be called after the commit
   */
  async endIn(
    client: PoolClient,
    { userId, except }: EndSessions,
    actor: AuditActor,
    device: Device,
  ): Promise<() => void> {
    const { rows } = await client.query<{ id: string }>(endSessions, [userId, except ?? null]);
    const ids = rows.map(({ id }) => id);
    await voidOneTimeTokens(client, OneTimeTokenPurpose.OauthExchange, userId);
    return this.ended(client, ids, { action: 'session.ended', actor, device });
  }

  private async endReused(sessionId: string, hash: string, device: Device): Promise<void> {
    const committed = await inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<{ user_id: string }>(endReusedSession, [sessionId, hash]);
      const [ended] = rows;
      const event = { action: 'session.reuse_detected', actor: undefined, device } as const;
      return this.ended(client, ended === undefined ? [] : [sessionId], event);
    });
    committed();
  }

  private async ended(
    client: PoolClient,
    sessionIds: readonly string[],
    event: Omit<AuditedAction, 'subject'>,
  ): Promise<() => void> {
    for (const id of sessionIds) await this.audit.record(client, { ...event, subject: { type: 'session', id } });
    return this.revocations.revoke(client, RevocationKind.Session, sessionIds);
  }
}

function refused(): AppError {
  return new AppError({
    code: 'UNAUTHORIZED',
    kind: 'user',
    message: 'This refresh token is not good; sign in again.',
  });
}
