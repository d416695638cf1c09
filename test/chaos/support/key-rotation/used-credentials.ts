import type { KeyRing } from '@app/security';
import { sized } from '@app/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { CredentialReader } from '../../../../apps/workflow/src/steps/credentials/credential-reader.js';
import type { ApiUser } from '../api-user.js';

/** Of so many credentials one is written while keys are rotated; the others are read only. */
const WRITTEN_IN = 5;
const LANES = 2;
/** Between two uses, so that who is under load is PostgreSQL and not the test. */
const PAUSE_MS = sized({ ci: 30, full: 5 });

/** Credentials that are read as steps read them, and written through the API, while their keys are rotated. */
export class UsedCredentials {
  reads = 0;
  writes = 0;
  /** What was not as it should be. */
  readonly mistakes: string[] = [];
  /** The token of each that was acknowledged last, and the one that is being written, if any. */
  private readonly tokens = new Map<string, { acknowledged: string; sent?: string }>();
  private goesOn = true;
  private lanes: Promise<void>[] = [];

  constructor(
    private readonly pool: Pool,
    private readonly user: ApiUser,
    private readonly userId: string,
    private readonly ids: readonly string[],
    private readonly draw: (least: number, most: number) => number,
  ) {
    for (const id of ids) this.tokens.set(id, { acknowledged: firstToken(id) });
  }

  /** Those that nobody writes. */
  get unwritten(): string[] {
    return this.ids.filter((_, i) => i % WRITTEN_IN !== 0);
  }

  /** @param ring that readers have */
  start(ring: KeyRing): void {
    const reader = new CredentialReader(this.pool, ring);
    for (let lane = 0; lane < LANES; lane += 1) {
      this.lanes.push(this.readOn(reader), this.writeOn(lane));
    }
  }

  async stop(): Promise<void> {
    this.goesOn = false;
    await Promise.all(this.lanes);
  }

  /** Reads every one of them with a ring. */
  async checkAll(ring: KeyRing): Promise<void> {
    const reader = new CredentialReader(this.pool, ring);
    for (const id of this.ids) await this.check(reader, id);
  }

  private async readOn(reader: CredentialReader): Promise<void> {
    for (; this.goesOn; await sleep(PAUSE_MS)) {
      await this.check(reader, this.ids[this.draw(0, this.ids.length - 1)] ?? '');
    }
  }

  private async check(reader: CredentialReader, id: string): Promise<void> {
    const of = this.tokens.get(id);
    const allowed = new Set([of?.acknowledged, of?.sent]);
    try {
      const { values } = await reader.read(this.userId, id);
      // What was sent or acknowledged while it was read counts as well.
      for (const token of [of?.acknowledged, of?.sent]) allowed.add(token);
      if (!allowed.has(values[0])) this.mistakes.push(`${id} holds something else than was written last`);
    } catch (error) {
      this.mistakes.push(`${id}: ${String(error)}`);
    }
    this.reads += 1;
  }

  /** Each lane has its own ones, so that it is known which was written last. */
  private async writeOn(lane: number): Promise<void> {
    const own = this.ids.filter((_, i) => i % WRITTEN_IN === 0 && (i / WRITTEN_IN) % LANES === lane);
    for (; this.goesOn; await sleep(PAUSE_MS)) {
      const id = own[this.draw(0, own.length - 1)] ?? '';
      const of = this.tokens.get(id) ?? { acknowledged: '' };
      of.sent = `${firstToken(id)}-${(this.writes += 1)}`;
      const body = { name: 'GitHub', credentials: { token: of.sent } };
      try {
        await this.user.must(200, 'PUT', `/integrations/${id}`, body);
        of.acknowledged = of.sent;
      } catch (error) {
        this.mistakes.push(`${id} could not be written: ${String(error)}`);
      }
    }
  }
}

export function firstToken(id: string): string {
  return `token-${id}`;
}
