import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const LENGTH = ID_BYTES + SECRET_BYTES + TAG_BYTES;

/**
 * Opaque refresh tokens: the session's id, 256 random bits, and a tag that proves that we made them. Only the newest
 * of a session is good (its hash is in the session's row); thanks to the tag any older one is still recognised as
 * ours, which is how its reuse is detected without keeping a hash of each, and a forged one can revoke nothing.
 */
export class RefreshTokens {
  private readonly key: Buffer;

  /** @param secret the same on every replica; a key of its own is derived from it (RFC 5869) */
  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'biometrics refresh token', 32));
  }

  /** A fresh token for a session, base64url. */
  issue(sessionId: string): string {
    const head = Buffer.concat([Buffer.from(sessionId.replaceAll('-', ''), 'hex'), randomBytes(SECRET_BYTES)]);
    return Buffer.concat([head, this.tagOf(head)]).toString('base64url');
  }

  /** The session a token was issued for; undefined when we did not issue it. */
  sessionOf(token: string): string | undefined {
    const bytes = Buffer.from(token, 'base64url');
    // Base64 has several spellings of the same bytes; only ours is hashed in the session's row.
    if (bytes.length !== LENGTH || bytes.toString('base64url') !== token) return undefined;
    const head = bytes.subarray(0, -TAG_BYTES);
    if (!timingSafeEqual(this.tagOf(head), bytes.subarray(-TAG_BYTES))) return undefined;
    const hex = bytes.toString('hex', 0, ID_BYTES);
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  private tagOf(head: Buffer): Buffer {
    return createHmac('sha256', this.key).update(head).digest().subarray(0, TAG_BYTES);
  }
}
