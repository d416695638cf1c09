/** A public key of access tokens (RFC 7517). */
export class JwkDto {
  /** Kind of key: EC. */
  kty: string;
  /** Curve: P-256. */
  crv: string;
  /** Coordinate, base64url. */
  x: string;
  /** Coordinate, base64url. */
  y: string;
  /** What a token signed with it says in its header. */
  kid: string;
  /** The only algorithm it is for: ES256. */
  alg: string;
  /** Signatures: sig. */
  use: string;
}

/** The public keys of access tokens. */
export class JwksDto {
  /** None when tokens are signed with a shared secret. */
  keys: JwkDto[];
}
