import { AppError, OneTimeTokenPurpose, type OauthProviderName } from '@app/contracts';
import { issueOneTimeToken, useOneTimeToken } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { ProviderIdentity } from '../providers/oauth-provider.js';
import { provesChallenge } from './pkce.js';

const LIFETIME_MS = 60_000;

/** What a one-time code is good for. */
export type Grant =
  | { kind: 'sign_in'; provider: OauthProviderName; userId: string }
  | { kind: 'link'; provider: OauthProviderName; userId: string; sessionId: string; identity: ProviderIdentity };

interface StoredGrant {
  grant: Grant;
  codeChallenge?: string;
}

/** The codes that browsers come back with: for one use, within a minute, by the client that began. */
@Injectable()
export class ExchangeCodes {
  constructor(private readonly pool: Pool) {}

  issue(grant: Grant, codeChallenge: string | undefined): Promise<string> {
    return issueOneTimeToken(this.pool, {
      purpose: OneTimeTokenPurpose.OauthExchange,
      userId: grant.userId,
      payload: { grant, codeChallenge },
      ttlMs: LIFETIME_MS,
    });
  }

  /**
   * What a code is good for. It is used up, whatever is wrong.
   * @throws AppError UNAUTHORIZED
   */
  async redeem<K extends Grant['kind']>(
    kind: K,
    code: string,
    codeVerifier: string | undefined,
  ): Promise<Extract<Grant, { kind: K }>> {
    const used = await useOneTimeToken(this.pool, OneTimeTokenPurpose.OauthExchange, code);
    const stored = used?.payload as unknown as StoredGrant | undefined;
    if (stored === undefined || !isOf(kind, stored.grant)) throw unusableCode();
    if (!provesChallenge(stored.codeChallenge, codeVerifier)) throw unusableCode();
    return stored.grant;
  }
}

function isOf<K extends Grant['kind']>(kind: K, grant: Grant): grant is Extract<Grant, { kind: K }> {
  return grant.kind === kind;
}

/** One answer to whatever is wrong with a code. */
export function unusableCode(): AppError {
  const message = 'This code is not good, or no longer: begin again.';
  return new AppError({ code: 'UNAUTHORIZED', kind: 'user', message });
}
