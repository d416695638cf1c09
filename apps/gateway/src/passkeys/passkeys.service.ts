import { conflict, notFound, type PageQuery, type PasskeyDto, type RenamePasskeyDto } from '@app/contracts';
import { inTransaction, Passkey } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { DataSource, LessThan, type Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../http/access/caller.js';
import type { Device } from '../http/device.decorator.js';
import { decodeCursor, isIdKey, pageOf, type Page } from '../http/paging.js';
import { deletePasskey, findRemovable, lockOwner, renamePasskey } from './passkeys.sql.js';
import { toPasskey } from './to-passkey.js';

/** The passkeys somebody has. */
@Injectable()
export class PasskeysService {
  private readonly passkeys: Repository<Passkey>;

  constructor(
    dataSource: DataSource,
    private readonly pool: Pool,
    private readonly audit: AuditService,
  ) {
    this.passkeys = dataSource.getRepository(Passkey);
  }

  /** The newest first; those that were revoked too, so that their owner learns of it. */
  async list({ userId }: Caller, query: PageQuery): Promise<Page<PasskeyDto>> {
    const { cursor, page, limit } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, isIdKey)[0];
    const rows = await this.passkeys.find({
      where: { user_id: userId, ...(after !== undefined && { id: LessThan(after) }) },
      order: { id: 'DESC' },
      skip: after === undefined ? (page - 1) * limit : 0,
      take: limit + 1,
    });
    const total = after === undefined ? await this.passkeys.countBy({ user_id: userId }) : undefined;
    return pageOf(rows.map(toPasskey), query, total, ({ id }) => [id]);
  }

  /** @throws AppError NOT_FOUND */
  async rename(id: string, { name }: RenamePasskeyDto, caller: Caller, device: Device): Promise<PasskeyDto> {
    return inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<Passkey & { former_name: string }>(renamePasskey, [id, caller.userId, name]);
      const [renamed] = rows;
      if (renamed === undefined) throw notFound('passkey');
      await this.audit.record(client, {
        action: 'passkey.renamed',
        actor: caller,
        device,
        subject: { type: 'passkey', id },
        before: { name: renamed.former_name },
        after: { name },
      });
      return toPasskey(renamed);
    });
  }

  /** @throws AppError NOT_FOUND, CONFLICT when its owner could not sign in any more */
  async remove(id: string, caller: Caller, device: Device): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      await client.query(lockOwner, [caller.userId]);
      const { rows } = await client.query<Removable>(findRemovable, [id, caller.userId]);
      const [found] = rows;
      if (found === undefined) throw notFound('passkey');
      if (found.revoked_at === null && !found.has_other_way) throw lastWay();
      await client.query(deletePasskey, [id]);
      await this.audit.record(client, {
        action: 'passkey.removed',
        actor: caller,
        device,
        subject: { type: 'passkey', id },
        details: { name: found.name },
      });
    });
  }
}

interface Removable {
  name: string;
  revoked_at: Date | null;
  has_other_way: boolean;
}

function lastWay(): Error {
  return conflict('This passkey is your only way to sign in: set a password or add another passkey first.');
}
