import { AuthConfig } from '@app/config';
import {
  AppError,
  newId,
  notFound,
  RevocationKind,
  type PageQuery,
  type SessionDto,
  type TokensDto,
} from '@app/contracts';
import { Session } from '@app/database';
import { hashToken, RefreshTokens, unauthorized } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { DataSource, type Repository } from 'typeorm';
import type { Caller } from '../../http/access/caller.js';
import { decodeCursor, isIdKey, pageOf, type Page } from '../../http/paging.js';
import type { Device } from '../device.decorator.js';
import { RevocationFeed } from '../revocations/revocation-feed.js';
import { endReusedSession, endSession, rotateSession, startSession } from './sessions.sql.js';
import { toSession } from './to-session.js';
import { TokenIssuer, type SessionOwner } from './token-issuer.js';

/** A revocation is kept until well after the last access token that it is about. */
const REVOCATION_MARGIN_MS = 600_000;

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
    private readonly revocations: RevocationFeed,
  ) {
    this.sessions = dataSource.getRepository(Session);
  }

  /** @throws AppError UNAUTHORIZED when the person may not sign in any more */
  async start(userId: string, device: Device): Promise<TokensDto> {
    const tokens = this.issuer.prepare(newId());
    const { rows } = await this.pool.query<SessionOwner>(startSession, [
      tokens.sessionId,
      userId,
      tokens.accessTokenHash,
      tokens.refreshTokenHash,
      this.config.refreshTokenTtlMs,
      device.ipAddress,
      device.userAgent,
    ]);
    const [owner] = rows;
    if (owner === undefined) throw unauthorized();
    return this.issuer.issue(tokens, owner);
  }

  /**
   * Exchanges a refresh token. One that was exchanged before ends its session, unless that was a moment ago.
   * @throws AppError UNAUTHORIZED
   */
  async rotate(refreshToken: string): Promise<TokensDto> {
    const sessionId = this.refreshTokens.sessionOf(refreshToken);
    if (sessionId === undefined) throw refused();
    const hash = hashToken(refreshToken);
    const tokens = this.issuer.prepare(sessionId);
    const { rows } = await this.pool.query<SessionOwner>(rotateSession, [
      sessionId,
      hash,
      tokens.accessTokenHash,
      tokens.refreshTokenHash,
      this.config.refreshTokenTtlMs,
    ]);
    const [owner] = rows;
    if (owner !== undefined) return this.issuer.issue(tokens, owner);
    await this.revoke(endReusedSession, [sessionId, hash]);
    throw refused();
  }

  /** Those that are good at the moment, the newest first. */
  async list(caller: Caller, query: PageQuery): Promise<Page<SessionDto>> {
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
    const rows = (await page.getMany()).map((session) => toSession(session, caller.sessionId));
    return pageOf(rows, query, total, ({ id }) => [id]);
  }

  /**
   * Ends a session of the caller; its tokens are refused here at once and on every other gateway within a second.
   * @throws AppError NOT_FOUND when there is no such session, or it is over
   */
  async end(sessionId: string, caller: Caller): Promise<void> {
    if (!(await this.revoke(endSession, [sessionId, caller.userId]))) throw notFound('session');
  }

  private async revoke(statement: string, parameters: readonly [sessionId: string, string]): Promise<boolean> {
    const lifetime = this.config.accessTokenTtlMs + REVOCATION_MARGIN_MS;
    const { rowCount } = await this.pool.query(statement, [...parameters, newId(), lifetime]);
    if (rowCount === 0) return false;
    const [subjectId] = parameters;
    const revokedAt = Date.now();
    this.revocations.add({ kind: RevocationKind.Session, subjectId, revokedAt, expiresAt: revokedAt + lifetime });
    return true;
  }
}

function refused(): AppError {
  return new AppError({
    code: 'UNAUTHORIZED',
    kind: 'user',
    message: 'This refresh token is not good; sign in again.',
  });
}
