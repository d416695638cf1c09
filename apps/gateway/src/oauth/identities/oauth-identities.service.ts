import {
  conflict,
  newId,
  notFound,
  OneTimeTokenPurpose,
  type OauthIdentityDto,
  type OauthProviderName,
  type PageQuery,
} from '@app/contracts';
import { inTransaction, OauthIdentity, voidOneTimeTokens } from '@app/database';
import { unauthorized } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { DataSource, LessThan, type Repository } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../http/access/caller.js';
import { holdSession } from '../../http/access/hold-session.js';
import type { Device } from '../../http/device.decorator.js';
import { decodeCursor, isIdKey, pageOf, type Page } from '../../http/paging.js';
import { OauthProviders } from '../providers/oauth-providers.js';
import type { ProvedIdentity } from './oauth-accounts.service.js';
import { addIdentity, deleteIdentity, forgetProviderId, hasAnotherWayIn, lockPerson } from './oauth-identities.sql.js';
import { toOauthIdentity } from './to-oauth-identity.js';

/** The accounts at providers with which people can sign in here. */
@Injectable()
export class OauthIdentitiesService {
  private readonly identities: Repository<OauthIdentity>;

  constructor(
    private readonly pool: Pool,
    dataSource: DataSource,
    private readonly providers: OauthProviders,
    private readonly audit: AuditService,
  ) {
    this.identities = dataSource.getRepository(OauthIdentity);
  }

  /** The newest first. */
  async list({ userId }: Caller, query: PageQuery): Promise<Page<OauthIdentityDto>> {
    const { cursor, page, limit } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, isIdKey)[0];
    const rows = await this.identities.find({
      where: { user_id: userId, ...(after !== undefined && { id: LessThan(after) }) },
      order: { id: 'DESC' },
      skip: after === undefined ? (page - 1) * limit : 0,
      take: limit + 1,
    });
    const total = after === undefined ? await this.identities.countBy({ user_id: userId }) : undefined;
    return pageOf(rows.map(toOauthIdentity), query, total, ({ id }) => [id]);
  }

  /**
   * Adds an identity to the caller's account. Adding it again changes nothing.
   * @throws AppError CONFLICT when it is somebody else's, or the caller has not shown that the account's address is
   * theirs: who registers with another person's address must not keep a way in for later
   */
  async add(caller: Caller, identity: ProvedIdentity, device: Device): Promise<OauthIdentityDto> {
    const { userId } = caller;
    const { provider, subject, email } = identity;
    await inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<{ is_verified: boolean }>(lockPerson, [userId]);
      const [person] = rows;
      if (person === undefined) throw unauthorized();
      await holdSession(client, caller);
      if (!person.is_verified) throw conflict("Verify your account's address first.");
      const id = newId();
      const values = [id, userId, provider, subject, email ?? null];
      const { rowCount } = await client.query(addIdentity, values);
      if (rowCount === 0) return;
      const event = { action: 'oauth.linked', actor: caller, device } as const;
      const details = { provider, by: 'person' };
      await this.audit.record(client, { ...event, subject: { type: 'oauth_identity', id }, details });
    });
    const stored = await this.identities.findOneBy({ provider, subject, user_id: userId });
    if (stored === null) throw conflict(`This ${provider} account belongs to somebody else here.`);
    return toOauthIdentity(stored);
  }

  /**
   * Takes one of the caller's identities away.
   * @throws AppError NOT_FOUND, CONFLICT when it is the last way to sign in
   */
  async remove(id: string, caller: Caller, device: Device): Promise<void> {
    const { userId } = caller;
    await inTransaction(this.pool, async (client) => {
      await client.query(lockPerson, [userId]);
      const { rows } = await client.query<{ provider: OauthProviderName; subject: string }>(deleteIdentity, [
        id,
        userId,
      ]);
      const [removed] = rows;
      if (removed === undefined) throw notFound('identity');
      const left = await client.query<{ another: boolean }>(hasAnotherWayIn, [userId, id, this.providers.names]);
      if (left.rows[0]?.another !== true) throw lastWayIn();
      const { provider, subject } = removed;
      await client.query(forgetProviderId, [userId, provider, subject]);
      // Of sign-ins with it that have come back and are not exchanged yet.
      await voidOneTimeTokens(client, OneTimeTokenPurpose.OauthExchange, userId);
      const event = { action: 'oauth.unlinked', actor: caller, device } as const;
      await this.audit.record(client, { ...event, subject: { type: 'oauth_identity', id }, details: { provider } });
    });
  }
}

function lastWayIn(): Error {
  return conflict('This is the only way in to your account: set a password or add a passkey first.');
}
