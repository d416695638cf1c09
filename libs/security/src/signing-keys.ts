import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { AppError } from '@app/contracts';
import jwt from 'jsonwebtoken';
import { readHeader } from './compact-jws.js';

/** What tokens may be signed with: one symmetric algorithm and one asymmetric. */
export type SigningAlgorithm = 'HS256' | 'ES256';

/** A key, and the only algorithm it is for (RFC 8725 §3.1). */
export interface SigningKey {
  id: string;
  algorithm: SigningAlgorithm;
  /** Absent for a key that only verifies. */
  signs?: KeyObject;
  verifies: KeyObject;
}

/** The public half of a key as RFC 7517 writes it. */
export interface PublicJwk {
  kty: string;
  crv: string;
  x: string;
  y: string;
  kid: string;
  alg: SigningAlgorithm;
  use: 'sig';
}

/**
 * The key for HS256 of a secret of at least 32 bytes (RFC 7518 §3.2).
 * @param id derived from the secret unless given, so that another secret is another key
 */
export function hmacKey(secret: string | Buffer, id: string = idOf(secret)): SigningKey {
  // A KeyObject is parsed once; a text would be, for every token.
  const key = createSecretKey(Buffer.from(secret));
  return { id, algorithm: 'HS256', signs: key, verifies: key };
}

/** The key for ES256 of a P-256 key pair, or of its public half. */
export function ecKey({ id, privateKey, publicKey }: EcKeyPair): SigningKey {
  return { id, algorithm: 'ES256', ...(privateKey !== undefined && { signs: privateKey }), verifies: publicKey };
}

interface EcKeyPair {
  id: string;
  privateKey?: KeyObject;
  publicKey: KeyObject;
}

/** What a token has to say; nothing is asked that is not given. */
export interface TokenChecks {
  /** In the header, as `typ`. */
  type?: string;
  issuer?: string;
  audience?: string;
}

/** The keys of tokens: the first one signs, each verifies what its id stands on. All are for one algorithm. */
export class SigningKeys {
  readonly algorithm: SigningAlgorithm;
  private readonly current: SigningKey;
  private readonly byId: ReadonlyMap<string, SigningKey>;

  /** @throws AppError INTERNAL_ERROR when there is no key, or they are for different algorithms */
  constructor(keys: readonly SigningKey[]) {
    const [first] = keys;
    if (first === undefined) throw bug('There is no key for tokens.');
    if (keys.some(({ algorithm }) => algorithm !== first.algorithm)) throw bug('Keys of tokens are of one kind.');
    this.current = first;
    this.algorithm = first.algorithm;
    this.byId = new Map(keys.map((key) => [key.id, key]));
  }

  /** @throws AppError INTERNAL_ERROR when the first key has no private half */
  sign(claims: object, type: string): string {
    const { id, algorithm, signs } = this.current;
    if (signs === undefined) throw bug('The first key of the ring only verifies.');
    return jwt.sign(claims, signs, { algorithm, header: { alg: algorithm, typ: type, kid: id } });
  }

  /**
   * The key that a token must be verified with: chosen by the id in the header, from our keys only, and never for
   * another algorithm than the key's own. Undefined when the token is not in our strict form, or no key is meant. The
   * signature has not been looked at yet.
   * @param type what the header must call the token; without it, anything
   */
  keyOf(token: string, type?: string): KeyObject | undefined {
    const header = readHeader(token);
    if (header === undefined || (type !== undefined && header.typ !== type)) return undefined;
    const key = this.byId.get(header.kid);
    return key?.algorithm === header.alg ? key.verifies : undefined;
  }

  /** What a token says, its form and signature being good and it being what `checks` ask for; undefined otherwise. */
  verify(token: string, { type, ...claims }: TokenChecks = {}): unknown {
    const key = this.keyOf(token, type);
    if (key === undefined) return undefined;
    try {
      return jwt.verify(token, key, { ...claims, algorithms: [this.algorithm] });
    } catch {
      return undefined;
    }
  }

  /** The public keys, for those who verify our tokens themselves. A shared secret is not among them. */
  publicJwks(): PublicJwk[] {
    return [...this.byId.values()].flatMap(({ id, algorithm, verifies }) => {
      const { kty, crv, x, y } = verifies.type === 'public' ? verifies.export({ format: 'jwk' }) : {};
      if (kty === undefined || crv === undefined || x === undefined || y === undefined) return [];
      return { kty, crv, x, y, kid: id, alg: algorithm, use: 'sig' };
    });
  }
}

function idOf(secret: string | Buffer): string {
  return Buffer.from(hkdfSync('sha256', secret, '', 'biometrics token key id', 9)).toString('base64url');
}

function bug(message: string): AppError {
  return new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message });
}
