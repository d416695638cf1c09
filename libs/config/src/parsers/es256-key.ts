import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

/** A key for ES256: ECDSA with P-256 and SHA-256 (RFC 7518 §3.4). */
export interface Es256Key {
  /** What a token's header says as `kid`. */
  id: string;
  /** Absent for a key that only verifies. */
  privateKey?: KeyObject;
  publicKey: KeyObject;
}

const ID = /^[\x21-\x7e]{1,128}$/;

/**
 * A JSON Web Key (RFC 7517) for ES256; undefined for any other, for one that says it is meant for something else
 * (`use`, `key_ops`, `alg`), and for one whose private half does not belong to its public half.
 * Without `kid` the id is the key's thumbprint.
 */
export function readJwk(jwk: unknown): Es256Key | undefined {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const { kty, crv, use, alg, kid, key_ops, d } = jwk as Record<string, unknown>;
  if (kty !== 'EC' || crv !== 'P-256') return undefined;
  if ((use ?? 'sig') !== 'sig' || (alg ?? 'ES256') !== 'ES256' || !allows(key_ops, d === undefined)) return undefined;
  if (kid !== undefined && (typeof kid !== 'string' || !ID.test(kid))) return undefined;
  try {
    const key = { key: jwk as JsonWebKey, format: 'jwk' } as const;
    return toEs256Key(d === undefined ? createPublicKey(key) : createPrivateKey(key), kid);
  } catch {
    return undefined;
  }
}

/** @param id the key's thumbprint unless given */
export function toEs256Key(key: KeyObject, id?: string): Es256Key | undefined {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return undefined;
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const named = { id: id ?? thumbprint(publicKey), publicKey };
  if (key.type !== 'private') return named;
  return areOnePair(key, publicKey) ? { ...named, privateKey: key } : undefined;
}

/** A private key signs, a public one verifies. */
function allows(operations: unknown, isPublic: boolean): boolean {
  if (operations === undefined) return true;
  return Array.isArray(operations) && operations.includes(isPublic ? 'verify' : 'sign');
}

/** A JSON Web Key holds both halves, and nobody but us checks that they fit: such a key would sign in vain. */
function areOnePair(privateKey: KeyObject, publicKey: KeyObject): boolean {
  const probe = Buffer.from('probe');
  return verify('sha256', probe, publicKey, sign('sha256', probe, privateKey));
}

/** RFC 7638. */
function thumbprint(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
