import type { UsedCredentialDto } from '@app/contracts';
import { inTransaction, type Passkey } from '@app/database';
import { Injectable } from '@nestjs/common';
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { decodeClientDataJSON } from '@simplewebauthn/server/helpers';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Device } from '../http/device.decorator.js';
import { PasskeyChallenges } from './passkey-challenges.service.js';
import { findUsablePasskey, revokeClonedPasskey, usePasskey } from './passkeys.sql.js';
import { RelyingParty } from './relying-party.js';
import { userHandleOf } from './user-handle.js';

/** Why an assertion was refused: for the audit trail, never for the one who sent it. */
export type AssertionRefusal = 'challenge' | 'unknown_passkey' | 'not_verified' | 'other_owner' | 'counter';

/** What became of an assertion. */
export type AssertionOutcome =
  | { accepted: true; userId: string; passkeyId: string }
  | { accepted: false; reason: AssertionRefusal; userId?: string };

type UsablePasskey = Pick<Passkey, 'id' | 'user_id' | 'credential_id' | 'public_key'>;

/** Tells whether somebody holds a passkey and has shown themselves to it (WebAuthn Level 3 §7.2). */
@Injectable()
export class PasskeyAssertions {
  constructor(
    private readonly pool: Pool,
    private readonly party: RelyingParty,
    private readonly challenges: PasskeyChallenges,
    private readonly audit: AuditService,
  ) {}

  /** @param userId whose passkey it has to be, when that is known before */
  async verify(credential: UsedCredentialDto, device: Device, userId?: string): Promise<AssertionOutcome> {
    const challenge = await this.challenges.use(credential.response.clientDataJSON, { for: 'assertion' });
    if (challenge === undefined) return { accepted: false, reason: 'challenge' };
    const { rows } = await this.pool.query<UsablePasskey>(findUsablePasskey, [credential.id]);
    const [passkey] = rows;
    if (passkey === undefined) return { accepted: false, reason: 'unknown_passkey' };
    const refused = { accepted: false, userId: passkey.user_id } as const;
    const use = await this.verifySignature(credential, challenge, passkey);
    if (use === undefined) return { ...refused, reason: 'not_verified' };
    if (!isOwner(passkey, credential.response.userHandle, userId)) return { ...refused, reason: 'other_owner' };
    if (!(await this.noteUse(passkey.id, use, device))) return { ...refused, reason: 'counter' };
    return { accepted: true, userId: passkey.user_id, passkeyId: passkey.id };
  }

  /** @returns undefined when type, origin, domain, presence, verification or signature are not as they have to be */
  private async verifySignature(
    credential: UsedCredentialDto,
    challenge: string,
    { credential_id: id, public_key }: UsablePasskey,
  ): Promise<PasskeyUse | undefined> {
    // No page of ours is shown inside another one.
    if (decodeClientDataJSON(credential.response.clientDataJSON).crossOrigin === true) return undefined;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: credential,
      expectedChallenge: challenge,
      expectedOrigin: [...this.party.origins],
      expectedRPID: this.party.id,
      requireUserVerification: true,
      // The counter is compared where it is stored, in one statement, and after the signature: whoever knows the number
      // of a passkey could have it revoked otherwise.
      credential: { id, publicKey: new Uint8Array(public_key), counter: 0 },
    }).catch(() => ({ verified: false, authenticationInfo: undefined }));
    if (!verified || authenticationInfo === undefined) return undefined;
    return { counter: authenticationInfo.newCounter, isBackedUp: authenticationInfo.credentialBackedUp };
  }

  /** @returns false when the passkey was revoked: just now, because its counter went back, or in the meantime */
  private async noteUse(passkeyId: string, { counter, isBackedUp }: PasskeyUse, device: Device): Promise<boolean> {
    return inTransaction(this.pool, async (client) => {
      const { rowCount } = await client.query(usePasskey, [passkeyId, counter, isBackedUp]);
      if (rowCount === 1) return true;
      const { rows } = await client.query<{ counter: string }>(revokeClonedPasskey, [passkeyId, counter]);
      const [revoked] = rows;
      if (revoked === undefined) return false;
      await this.audit.record(client, {
        action: 'passkey.clone_detected',
        actor: undefined,
        device,
        subject: { type: 'passkey', id: passkeyId },
        outcome: 'denied',
        details: { stored_counter: Number(revoked.counter), received_counter: counter },
      });
      return false;
    });
  }
}

interface PasskeyUse {
  counter: number;
  isBackedUp: boolean;
}

/**
 * Whether the passkey belongs to whom it has to. When nobody is known before, the authenticator has to say whose it is,
 * and has to be right (step 6 of the verification).
 */
function isOwner({ user_id }: UsablePasskey, userHandle: string | null | undefined, userId?: string): boolean {
  const handle = userHandle ?? undefined;
  const expected = userHandleOf(user_id);
  return userId === undefined ? handle === expected : userId === user_id && (handle ?? expected) === expected;
}
