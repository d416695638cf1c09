import { AccountConfig, loadConfig, type Variables } from '@app/config';
import { AuditActorKind, OneTimeTokenPurpose } from '@app/contracts';
import { inTransaction, issueOneTimeToken, recordAudit } from '@app/database';
import { Injectable } from '@nestjs/common';
import { accountLink } from '../platform/account-link.js';
import { withPool } from '../platform/with-pool.js';
import { findActiveAdmin, removeFirstAdminLinks } from './user.sql.js';

/** How the platform gets its first administrator without a command: whoever starts it is shown a link. */
@Injectable()
export class FirstAdminService {
  /**
   * A link with which somebody makes an account that is an administrator's, once, while there is none. The links that
   * were shown before stop working.
   * @param origin where the API is when PUBLIC_URL does not say so
   * @returns undefined when there is an administrator
   */
  async link(env: Variables, origin: string): Promise<string | undefined> {
    const { invitationTtlMs: ttlMs } = loadConfig(AccountConfig, env);
    const token = await withPool(env, (pool) =>
      inTransaction(pool, async (client) => {
        const { rowCount } = await client.query(findActiveAdmin);
        if (rowCount !== 0) return undefined;
        await client.query(removeFirstAdminLinks);
        const actor = { kind: AuditActorKind.System };
        await recordAudit(client, { action: 'email.link_issued', actor, details: { mail: 'first_admin' } });
        return issueOneTimeToken(client, { purpose: OneTimeTokenPurpose.FirstAdmin, ttlMs });
      }),
    );
    return token && accountLink(env, 'register', token, origin);
  }
}
