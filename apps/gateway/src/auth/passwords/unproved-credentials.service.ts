import { RevocationKind, type AuditAction } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuditService } from '../../audit/audit.service.js';
import type { Device } from '../../http/device.decorator.js';
import { RunControlService } from '../../runs/run-control.service.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { accountsOf, revokeApiKeys, revokePasskeys, stopTriggers, unlinkProviders } from './passwords.sql.js';

const kinds = [
  { statement: revokePasskeys, action: 'passkey.removed', type: 'passkey' },
  { statement: revokeApiKeys, action: 'api_key.revoked', type: 'api_key' },
  { statement: unlinkProviders, action: 'oauth.unlinked', type: 'oauth_identity' },
] as const satisfies { statement: string; action: AuditAction; type: string }[];

/**
 * Takes back what signs in to an account whose address nobody had proved, and stops what acts for it by itself. Somebody may have made the account with an
 * address that is not theirs and waited for its owner: no key and no trigger of theirs may outlive the owner's arrival.
 */
@Injectable()
export class UnprovedCredentialsService {
  constructor(
    private readonly audit: AuditService,
    private readonly revocations: RevocationsService,
    private readonly runs: RunControlService,
  ) {}

  /**
   * @param client the transaction in which the address is proved
   * @returns to be called after the commit
   */
  async takeBack(client: PoolClient, userId: string, device: Device): Promise<() => Promise<void>> {
    const actor = { userId };
    const keys: string[] = [];
    for (const { statement, action, type } of kinds) {
      const { rows } = await client.query<{ id: string }>(statement, [userId]);
      for (const { id } of rows) await this.audit.record(client, { action, actor, device, subject: { type, id } });
      if (type === 'api_key') keys.push(...rows.map(({ id }) => id));
    }
    const { rowCount } = await client.query(stopTriggers, [userId]);
    if (rowCount !== 0) {
      const subject = { type: 'user', id: userId };
      const details = { workflows: rowCount };
      await this.audit.record(client, { action: 'workflow.deactivated', actor, device, subject, details });
    }
    const { rows: accounts } = await client.query<{ id: string }>(accountsOf, [userId]);
    const revoked = await this.revocations.revoke(client, RevocationKind.ApiKey, keys);
    return () => {
      revoked();
      return this.runs.cancelAllOfUsers(accounts.map(({ id }) => id));
    };
  }
}
