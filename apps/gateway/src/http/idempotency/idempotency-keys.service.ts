import { HttpConfig } from '@app/config';
import { AppError, newId } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { problem } from '../problems/problem.js';
import {
  earlierAnswerSql,
  forgetKeySql,
  keepAnswerSql,
  keepUnreservedSql,
  lapseKeySql,
  reserveKeySql,
} from './idempotency-keys.sql.js';
import type { KeptAnswer } from './kept-answer.js';
import type { KeyedRequest } from './keyed-request.js';

/** What a holder of a reservation has beyond the time after which its client is told that it took too long. */
const GRACE_MS = 5_000;

interface EarlierRow {
  request_hash: string;
  response_status: number | null;
  response_headers: Record<string, string> | null;
  response_body: string | null;
}

/** The rows behind Idempotency-Key. */
@Injectable()
export class IdempotencyKeys {
  constructor(
    private readonly pool: Pool,
    private readonly http: HttpConfig,
  ) {}

  /**
   * The id of a fresh reservation, or what the key was answered.
   * @throws AppError IDEMPOTENCY_MISMATCH, CONFLICT while the first request is under way
   */
  async reserve(request: KeyedRequest): Promise<{ id: string } | KeptAnswer> {
    const seconds = (this.http.writeTimeoutMs + GRACE_MS) / 1_000;
    const { rows } = await this.pool.query<{ id: string }>(reserveKeySql, [
      newId(),
      ...scopeOf(request),
      request.hash,
      seconds,
    ]);
    const [reserved] = rows;
    if (reserved !== undefined) return reserved;
    const earlier = await this.earlier(request);
    if (earlier === undefined) throw underWay();
    return earlier;
  }

  /**
   * What the key was answered; undefined when it is free.
   * @throws AppError IDEMPOTENCY_MISMATCH, CONFLICT while the first request is under way
   */
  async earlier(request: KeyedRequest): Promise<KeptAnswer | undefined> {
    const { rows } = await this.pool.query<EarlierRow>(earlierAnswerSql, scopeOf(request));
    const [row] = rows;
    if (row === undefined) return undefined;
    if (row.request_hash !== request.hash) throw problem('IDEMPOTENCY_MISMATCH');
    if (row.response_status === null) throw underWay();
    return { status: row.response_status, headers: row.response_headers ?? {}, body: row.response_body };
  }

  async keep(id: string, { status, headers, body }: KeptAnswer): Promise<void> {
    await this.pool.query(keepAnswerSql, [id, status, JSON.stringify(headers), body]);
  }

  /** Keeps the answer of a request that reserved nothing; false when its key is known already. */
  async keepUnreserved(request: KeyedRequest, { status, body }: KeptAnswer): Promise<boolean> {
    const values = [newId(), ...scopeOf(request), request.hash, status, body];
    return (await this.pool.query(keepUnreservedSql, values)).rowCount === 1;
  }

  async forget(id: string): Promise<void> {
    await this.pool.query(forgetKeySql, [id]);
  }

  async lapse(id: string): Promise<void> {
    await this.pool.query(lapseKeySql, [id]);
  }
}

function scopeOf({ principalId, method, route, key }: KeyedRequest): string[] {
  return [principalId, method, route, key];
}

function underWay(): AppError {
  const message = 'A request with this Idempotency-Key is under way. Ask again when it has been answered.';
  return new AppError({ code: 'CONFLICT', kind: 'user', message, retryAfterS: 1 });
}
