import { OneTimeTokenPurpose } from '@app/contracts';
import { issueOneTimeToken, useOneTimeToken } from '@app/database';
import { Injectable } from '@nestjs/common';
import { decodeClientDataJSON } from '@simplewebauthn/server/helpers';
import { Pool } from 'pg';

/** How long somebody has to answer a challenge: WebAuthn Level 3 §15.1 recommends five minutes at least. */
export const CHALLENGE_TTL_MS = 300_000;

/** What a challenge may be answered for: to keep a new passkey in one session of one person, or to show one. */
export type Ceremony = { for: 'registration'; userId: string; sessionId: string } | { for: 'assertion' };

/** Challenges, each good once and for one ceremony. Only their hashes are stored. */
@Injectable()
export class PasskeyChallenges {
  constructor(private readonly pool: Pool) {}

  /** @returns the challenge in base64url, as browsers send it back */
  async issue(ceremony: Ceremony): Promise<string> {
    return issueOneTimeToken(this.pool, {
      purpose: OneTimeTokenPurpose.PasskeyChallenge,
      userId: ceremony.for === 'registration' ? ceremony.userId : undefined,
      payload: payloadOf(ceremony),
      ttlMs: CHALLENGE_TTL_MS,
    });
  }

  /**
   * Uses up the challenge that was answered, whatever comes of the answer.
   * @param clientDataJSON base64url, from the browser
   * @returns the challenge; undefined when it was none of ours, is used up, too old, or for another ceremony
   */
  async use(clientDataJSON: string, ceremony: Ceremony): Promise<string | undefined> {
    const challenge = challengeIn(clientDataJSON);
    if (challenge === undefined) return undefined;
    const used = await useOneTimeToken(this.pool, OneTimeTokenPurpose.PasskeyChallenge, challenge);
    if (used === undefined) return undefined;
    const userId = ceremony.for === 'registration' ? ceremony.userId : undefined;
    const expected = payloadOf(ceremony);
    const { payload } = used;
    const isSame = used.userId === userId && ['for', 'session_id'].every((key) => payload[key] === expected[key]);
    return isSame ? challenge : undefined;
  }
}

function payloadOf(ceremony: Ceremony): Record<string, unknown> {
  return ceremony.for === 'registration'
    ? { for: ceremony.for, session_id: ceremony.sessionId }
    : { for: ceremony.for };
}

/** The challenge that a browser says it had signed; undefined when it says nothing one can read. */
function challengeIn(clientDataJSON: string): string | undefined {
  try {
    const { challenge } = decodeClientDataJSON(clientDataJSON);
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    return undefined;
  }
}
