import { RunValues } from '@app/blobs';
import { AppError, notFound } from '@app/contracts';
import { acceptRuns, Coalescer, isStorableJson, type AcceptedRun, type RunRequest } from '@app/database';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { problem } from '../http/problems/problem.js';
import { RunQuotaService } from '../quotas/run-quota.service.js';
import { RunHandOver } from './hand-over/run-hand-over.service.js';

/** A batch fills one round trip without making the first of its callers wait for a huge one. */
const MAX_ROWS = 500;
const MAX_BYTES = 4 * 1_048_576;
/** What a request may spend waiting for PostgreSQL to come back before its caller is told to. */
const RETRY_FOR_MS = 3_000;
/** Bytes of a row besides its input. */
const ROW_OVERHEAD = 400;

/** Takes runs over from those who ask for them. */
@Injectable()
export class RunAcceptor {
  private readonly runs: Coalescer<RunRequest, AcceptedRun>;

  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
    private readonly quota: RunQuotaService,
    private readonly values: RunValues,
    private readonly handOver: RunHandOver,
  ) {
    this.runs = new Coalescer({
      write: (rows) => this.write(rows),
      idOf: (row) => row.id,
      sizeOf: (row) => ROW_OVERHEAD + (row.inputJson?.length ?? 0),
      refused: () => notFound('workflow'),
      maxRows: MAX_ROWS,
      maxBytes: MAX_BYTES,
      retryForMs: RETRY_FOR_MS,
      monotonicNow: () => performance.now(),
      pause,
    });
  }

  /**
   * Resolves once the run is committed: from then on nothing loses it.
   * @throws AppError NOT_FOUND when the workflow is missing, foreign, deleted or (where that matters) inactive,
   *   VALIDATION_FAILED when PostgreSQL cannot store the input, QUOTA_EXCEEDED (of runs, or of blob storage), IDEMPOTENCY_MISMATCH when its
   *   Idempotency-Key has an answer; the error of a lost connection as it is
   */
  async accept(request: RunRequest): Promise<AcceptedRun> {
    if (this.quota.isSet) await this.quota.take(request.userId);
    const { inputJson } = request;
    const isLarge = inputJson !== null && this.values.isLarge(inputJson);
    const row = isLarge ? await this.keepInput(request, inputJson) : request;
    const accepted = await this.runs.submit(row).catch((error: unknown) => {
      throw isRefusedValue(error) ? unstorable(error) : error;
    });
    if (request.keyed !== undefined && accepted.duplicate) throw problem('IDEMPOTENCY_MISMATCH');
    return accepted;
  }

  /** The input is durable before the run refers to it. PostgreSQL does not see it, so it is checked here. */
  private async keepInput(request: RunRequest, inputJson: string): Promise<RunRequest> {
    if (!isStorableJson(inputJson)) throw unstorable();
    const inputBlob = await this.values.keep({ runId: request.id, userId: request.userId }, inputJson);
    return inputBlob === undefined ? request : { ...request, inputJson: null, inputBlob };
  }

  private async write(rows: readonly RunRequest[]): Promise<ReadonlyMap<string, AcceptedRun>> {
    const offered = this.handOver.offer(rows);
    const accepted = await acceptRuns(this.pool, offered);
    this.handOver.tell(offered, accepted);
    const count = [...accepted.values()].filter(isWaiting).length;
    if (count > 0) this.bus.publish('runs.waiting', { count });
    return accepted;
  }
}

/** Nobody has begun it, or is about to. */
function isWaiting({ duplicate, isUnchecked, handedAt }: AcceptedRun): boolean {
  return !duplicate && !isUnchecked && handedAt === undefined;
}

/** SQLSTATE class 22 (data exception) and 54 (program limit exceeded): the value's fault, not the statement's. */
function isRefusedValue(error: unknown): boolean {
  const state: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof state === 'string' && /^(22|54)[0-9A-Z]{3}$/.test(state);
}

function unstorable(cause?: unknown): AppError {
  return new AppError({
    code: 'VALIDATION_FAILED',
    kind: 'user',
    message: 'The run holds a value that cannot be stored.',
    errors: [{ field: 'input', message: 'cannot be stored: take U+0000 and halves of characters out of its texts' }],
    cause,
  });
}
