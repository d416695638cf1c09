import { BlobStorage } from '@app/blobs';
import { inTransaction } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { Readable } from 'node:stream';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../http/access/caller.js';
import type { Device } from '../../http/device.decorator.js';
import { withMachines } from '../user-changes.js';
import { accountExport } from './account-export.js';

/** Hands people what is held about them. */
@Injectable()
export class ExportService {
  constructor(
    private readonly pool: Pool,
    private readonly audit: AuditService,
    private readonly storage: BlobStorage,
  ) {}

  /** @returns the document, once it is in the trail that it was handed out */
  async start(caller: Caller, device: Device): Promise<Readable> {
    const accounts = await inTransaction(this.pool, async (client) => {
      const subject = { type: 'user', id: caller.userId };
      await this.audit.record(client, { action: 'user.exported', actor: caller, device, subject });
      return withMachines(client, caller.userId);
    });
    return Readable.from(accountExport(this.pool, this.storage, accounts), { highWaterMark: 1 });
  }
}
