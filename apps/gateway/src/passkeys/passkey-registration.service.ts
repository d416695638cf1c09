import {
  conflict,
  newId,
  validationFailed,
  type AppError,
  type PasskeyCreationOptionsDto,
  type PasskeyDto,
  type RegisterPasskeyDto,
} from '@app/contracts';
import { inTransaction, isUniqueViolation, type Passkey } from '@app/database';
import { Injectable } from '@nestjs/common';
import { generateRegistrationOptions } from '@simplewebauthn/server';
import { isoBase64URL } from '@simplewebauthn/server/helpers';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import { sessionOf, type Caller } from '../http/access/caller.js';
import { holdSession } from '../http/access/hold-session.js';
import type { Device } from '../http/device.decorator.js';
import { UsersService } from '../users/users.service.js';
import { acceptedAlgorithms, verifyNewCredential, type VerifiedCredential } from './new-credential.js';
import { CHALLENGE_TTL_MS, PasskeyChallenges, type Ceremony } from './passkey-challenges.service.js';
import { insertPasskey, knownPasskeys, MOST_PASSKEYS } from './passkeys.sql.js';
import { RelyingParty } from './relying-party.js';
import { toPasskey } from './to-passkey.js';
import { userHandleOf } from './user-handle.js';

const UNNAMED = 'Passkey';

/** Making a passkey: the platform asks, the browser has an authenticator make one, the platform keeps its public key. */
@Injectable()
export class PasskeyRegistration {
  constructor(
    private readonly pool: Pool,
    private readonly party: RelyingParty,
    private readonly challenges: PasskeyChallenges,
    private readonly users: UsersService,
    private readonly audit: AuditService,
  ) {}

  async options(caller: Caller): Promise<PasskeyCreationOptionsDto> {
    const user = await this.users.find(caller.userId);
    const challenge = await this.challenges.issue(ceremonyOf(caller));
    const { rows: known } = await this.pool.query<Pick<Passkey, 'credential_id' | 'transports'>>(knownPasskeys, [
      user.id,
    ]);
    return generateRegistrationOptions({
      rpName: this.party.name,
      rpID: this.party.id,
      userID: isoBase64URL.toBuffer(userHandleOf(user.id)),
      userName: user.email,
      userDisplayName: user.name,
      challenge: isoBase64URL.toBuffer(challenge),
      timeout: CHALLENGE_TTL_MS,
      // Which make it is does not decide anything here, so nobody is asked to tell.
      attestationType: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: [...acceptedAlgorithms],
      excludeCredentials: known.map(({ credential_id: id, transports }) => ({ id, transports })),
    });
  }

  /**
   * Keeps the passkey that was made for the challenge of this session.
   * @throws AppError VALIDATION_FAILED, CONFLICT
   */
  async verify(
    { credential, name = UNNAMED }: RegisterPasskeyDto,
    caller: Caller,
    device: Device,
  ): Promise<PasskeyDto> {
    const challenge = await this.challenges.use(credential.response.clientDataJSON, ceremonyOf(caller));
    const verified = challenge && (await verifyNewCredential(credential, challenge, this.party));
    if (!verified) throw notAccepted();
    return this.keep(verified, name, caller, device);
  }

  private async keep(made: VerifiedCredential, name: string, caller: Caller, device: Device): Promise<PasskeyDto> {
    const id = newId();
    const { credentialId, publicKey, counter, transports, deviceType, isBackedUp, aaguid } = made;
    const values = [credentialId, publicKey, counter, transports, deviceType, isBackedUp, aaguid];
    try {
      return await inTransaction(this.pool, async (client) => {
        await holdSession(client, caller);
        const { rows } = await client.query<Passkey>(insertPasskey, [id, caller.userId, name, ...values]);
        const [passkey] = rows;
        if (passkey === undefined) throw tooMany();
        await this.audit.record(client, {
          action: 'passkey.registered',
          actor: caller,
          device,
          subject: { type: 'passkey', id },
          details: { name, device_type: deviceType, backed_up: isBackedUp, aaguid },
        });
        return toPasskey(passkey);
      });
    } catch (error) {
      if (isUniqueViolation(error, 'passkeys_credential_id_key')) throw conflict('This passkey is registered already.');
      throw error;
    }
  }
}

function ceremonyOf(caller: Caller): Ceremony {
  return { for: 'registration', userId: caller.userId, sessionId: sessionOf(caller) };
}

function notAccepted(): AppError {
  const message = 'does not answer an open challenge of this session; ask for new options and try again';
  return validationFailed([{ field: 'credential', message }]);
}

function tooMany(): AppError {
  return conflict(`You have ${MOST_PASSKEYS} passkeys already: remove one that you do not use.`);
}
