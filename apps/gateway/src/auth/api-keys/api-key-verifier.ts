import { UserRole } from '@app/contracts';
import { hashToken, isApiKey, unauthorized } from '@app/security';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../http/access/caller.js';
import { KeyUses } from './key-uses.js';
import { KnownKeys } from './known-keys.js';

/** Tells who is calling with an API key. */
@Injectable()
export class ApiKeyVerifier {
  constructor(
    private readonly keys: KnownKeys,
    private readonly uses: KeyUses,
  ) {}

  /**
   * A key speaks for its account and never for an administrator, whoever made it.
   * @throws AppError UNAUTHORIZED, in the words of a token that is not good; SERVICE_UNAVAILABLE when nobody can tell
   */
  async callerOf(text: string): Promise<Caller> {
    if (!isApiKey(text)) throw unauthorized();
    const key = await this.keys.find(hashToken(text));
    if (key === undefined) throw unauthorized();
    this.uses.note(key.id);
    const { id: keyId, user_id: userId, email, scopes } = key;
    return { userId, email, roles: [UserRole.User], credential: { kind: 'api_key', keyId, scopes } };
  }
}
