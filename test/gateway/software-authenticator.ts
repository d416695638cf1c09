import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** What differs from a good ceremony. */
export interface Ceremony {
  challenge: string;
  /** The page that asks. */
  origin?: string;
  type?: string;
  crossOrigin?: boolean;
  isVerified?: boolean;
  /** What the signature counter says; otherwise it counts. */
  counter?: number;
  userHandle?: string | undefined;
  /** Attestation beyond 'none'. */
  attestation?: { fmt: string; attStmt: Map<string, unknown> };
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
const ATTESTED_DATA = 0x40;

/** Browser and authenticator in one, with one ES256 credential (WebAuthn Level 3 §6.1, §6.5). */
export class SoftwareAuthenticator {
  readonly credentialId = randomBytes(32);
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  private counter: number;
  userHandle: string | undefined;

  /** @param isSynced whether it is copied between devices, so that its counter stays 0 */
  constructor(
    private readonly origin: string,
    private readonly isSynced = false,
  ) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.counter = isSynced ? 0 : 1;
  }

  create(ceremony: Ceremony): RegistrationResponseJSON {
    const { fmt, attStmt } = ceremony.attestation ?? { fmt: 'none', attStmt: new Map() };
    const authData = Buffer.concat([this.authenticatorData(ceremony, ATTESTED_DATA), this.attestedData()]);
    const attestation = new Map<string, unknown>([
      ['fmt', fmt],
      ['attStmt', attStmt],
      ['authData', new Uint8Array(authData)],
    ]);
    return {
      ...this.identity(),
      response: {
        clientDataJSON: this.clientData(ceremony, 'webauthn.create').toString('base64url'),
        attestationObject: Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  get(ceremony: Ceremony): AuthenticationResponseJSON {
    if (!this.isSynced) this.counter++;
    const clientData = this.clientData(ceremony, 'webauthn.get');
    const authenticatorData = this.authenticatorData(ceremony, 0);
    const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientData)]), this.privateKey);
    const userHandle = 'userHandle' in ceremony ? ceremony.userHandle : this.userHandle;
    return {
      ...this.identity(),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: signature.toString('base64url'),
        ...(userHandle !== undefined && { userHandle }),
      },
    };
  }

  private identity() {
    const id = this.credentialId.toString('base64url');
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {} } as const;
  }

  private clientData({ challenge, type, origin = this.origin, crossOrigin = false }: Ceremony, usual: string): Buffer {
    return Buffer.from(JSON.stringify({ type: type ?? usual, challenge, origin, crossOrigin }));
  }

  private authenticatorData({ isVerified = true, counter = this.counter }: Ceremony, further: number): Buffer {
    const verified = isVerified ? USER_VERIFIED : 0;
    const flags = USER_PRESENT | verified | (this.isSynced ? BACKUP_ELIGIBLE | BACKED_UP : 0) | further;
    const rest = Buffer.alloc(5);
    rest.writeUInt8(flags, 0);
    rest.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(Buffer.from(new URL(this.origin).hostname)), rest]);
  }

  private attestedData(): Buffer {
    const { x, y } = this.publicKey.export({ format: 'jwk' });
    const key = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x!, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y!, 'base64url'))],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.credentialId.length);
    return Buffer.concat([Buffer.alloc(16), length, this.credentialId, Buffer.from(isoCBOR.encode(key as never))]);
  }
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
