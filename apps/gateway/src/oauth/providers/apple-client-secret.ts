import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { ClientAuth } from 'openid-client';

/** Apple takes up to six months; one that leaks should be worth little. */
const LIFETIME_S = 600;
/** Replaced while it is still good for the longest call. */
const MARGIN_S = 120;

export interface AppleKey {
  clientId: string;
  teamId: string;
  keyId: string;
  privateKey: KeyObject;
  /** Whom the secret is for: Apple's issuer. */
  audience: string;
}

/**
 * Client authentication with Apple: its client secret is a JSON Web Token that the client signs (ES256).
 * @param now milliseconds since 1970
 */
export function appleClientSecret(key: AppleKey, now: () => number = Date.now): ClientAuth {
  let secret = '';
  let goodUntilS = 0;
  return (_server, client, body) => {
    const nowS = Math.floor(now() / 1_000);
    if (nowS >= goodUntilS - MARGIN_S) {
      secret = sign(key, nowS);
      goodUntilS = nowS + LIFETIME_S;
    }
    body.set('client_id', client.client_id);
    body.set('client_secret', secret);
  };
}

function sign({ clientId, teamId, keyId, privateKey, audience }: AppleKey, nowS: number): string {
  const claims = { iss: teamId, sub: clientId, aud: audience, iat: nowS, exp: nowS + LIFETIME_S };
  return jwt.sign(claims, privateKey, { algorithm: 'ES256', keyid: keyId });
}
