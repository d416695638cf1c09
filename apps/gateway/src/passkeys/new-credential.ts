import type { NewCredentialDto, PasskeyDeviceType } from '@app/contracts';
import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { COSEALG, decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers';
import type { RelyingParty } from './relying-party.js';

/** Kinds of keys that are kept: Ed25519, ECDSA on P-256, and RSA, which older Windows machines make. */
export const acceptedAlgorithms: readonly number[] = [COSEALG.EdDSA, COSEALG.ES256, COSEALG.RS256];

const UNTOLD_MODEL = '00000000-0000-0000-0000-000000000000';

/** What is kept of a credential. */
export interface VerifiedCredential {
  credentialId: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  deviceType: PasskeyDeviceType;
  isBackedUp: boolean;
  aaguid: string | null;
}

/** Verifies a new credential (WebAuthn Level 3 §7.1); undefined when anything about it is wrong. */
export async function verifyNewCredential(
  credential: NewCredentialDto,
  challenge: string,
  party: RelyingParty,
): Promise<VerifiedCredential | undefined> {
  if (bringsCertificates(credential.response.attestationObject)) return undefined;
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: credential,
    expectedChallenge: challenge,
    expectedOrigin: [...party.origins],
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...acceptedAlgorithms],
  }).catch(() => ({ verified: false, registrationInfo: undefined }));
  if (!verified || registrationInfo === undefined) return undefined;
  const { credential: made, credentialDeviceType, credentialBackedUp, aaguid } = registrationInfo;
  return {
    credentialId: made.id,
    publicKey: Buffer.from(made.publicKey),
    counter: made.counter,
    transports: credential.response.transports ?? [],
    deviceType: credentialDeviceType,
    isBackedUp: credentialBackedUp,
    aaguid: aaguid === UNTOLD_MODEL ? null : aaguid,
  };
}

/**
 * Whether an attestation comes with certificates. None was asked for, and to check one means to fetch revocation lists
 * from addresses that stand in it: whoever made it would choose where the gateway sends requests.
 */
function bringsCertificates(attestationObject: string): boolean {
  try {
    const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject));
    const format = decoded.get('fmt');
    return !(format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined));
  } catch {
    return true;
  }
}
