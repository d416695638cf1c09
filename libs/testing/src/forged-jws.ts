import { createHmac, sign, type KeyObject } from 'node:crypto';

/**
 * A JSON Web Signature in compact form with whatever header and payload, which no library would make.
 * @param key what to sign with: a text or bytes for HMAC with SHA-256, a private key for ECDSA with P-256, null for no
 *   signature; the header may say something else
 */
export function forgedJws(header: unknown, payload: unknown, key: string | Buffer | KeyObject | null): string {
  const input = `${encoded(header)}.${encoded(payload)}`;
  if (key === null) return `${input}.`;
  const isShared = typeof key === 'string' || Buffer.isBuffer(key);
  const signature = isShared
    ? createHmac('sha256', key).update(input).digest()
    : sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
