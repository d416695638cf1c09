import { newId, type TokensDto, type UserRole } from '@app/contracts';
import { AccessTokens, hashToken, RefreshTokens } from '@app/security';
import { Injectable } from '@nestjs/common';

/** The row that a statement which starts or rotates a session answers with. */
export interface SessionOwner {
  user_id: string;
  email: string;
  roles: UserRole[];
  /** The database's time before it read the above, in milliseconds since 1970 (numeric: as text). */
  issued_at: string;
}

/** Tokens for a session that are to be stored before anybody gets them. */
export interface PreparedTokens {
  sessionId: string;
  accessTokenId: string;
  accessTokenHash: string;
  refreshToken: string;
  refreshTokenHash: string;
}

/** Makes the pair of tokens of a session. */
@Injectable()
export class TokenIssuer {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  prepare(sessionId: string): PreparedTokens {
    const accessTokenId = newId();
    const refreshToken = this.refreshTokens.issue(sessionId);
    return {
      sessionId,
      accessTokenId,
      accessTokenHash: hashToken(accessTokenId),
      refreshToken,
      refreshTokenHash: hashToken(refreshToken),
    };
  }

  /** The pair, once the session's row holds their hashes. */
  issue({ sessionId, accessTokenId, refreshToken }: PreparedTokens, owner: SessionOwner): TokensDto {
    const { user_id: userId, email, roles, issued_at } = owner;
    const subject = { tokenId: accessTokenId, userId, sessionId, email, roles };
    const { token, expiresAt } = this.accessTokens.sign(subject, Number(issued_at));
    return { access_token: token, refresh_token: refreshToken, expires_at: expiresAt, token_type: 'Bearer' };
  }
}
