import { RevocationKind } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { AuditActor } from '../audit/audit.service.js';
import { RevocationsService } from '../auth/revocations/revocations.service.js';
import { SessionsService } from '../auth/sessions/sessions.service.js';
import type { Device } from '../http/device.decorator.js';
import { RunControlService } from '../runs/run-control.service.js';
import { withMachines } from './user-changes.js';

/** Takes back what accounts that stop acting were given. */
@Injectable()
export class StopActingService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly revocations: RevocationsService,
    private readonly runs: RunControlService,
  ) {}

  /**
   * Ends the sessions of a user and revokes what was issued to them and to their machines; `client` is the transaction
   * in which the account stops.
   * @returns to be called after the commit: cancels what is unfinished. When it fails, or is never reached, the worker's
   *   cleanup does it
   */
  async stop(client: PoolClient, userId: string, actor: AuditActor, device: Device): Promise<() => Promise<void>> {
    const accounts = await withMachines(client, userId);
    const sessionsEnded = await this.sessions.endIn(client, { userId }, actor, device);
    const revoked = await this.revocations.revoke(client, RevocationKind.User, accounts);
    return () => {
      sessionsEnded();
      revoked();
      return this.runs.cancelAllOfUsers(accounts);
    };
  }
}
