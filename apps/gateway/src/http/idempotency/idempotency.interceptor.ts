import { Injectable, Logger, type CallHandler, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, from, mergeMap, of, type Observable } from 'rxjs';
import type { SelectiveInterceptor } from '../lean-routes.js';
import { IdempotencyKeys } from './idempotency-keys.service.js';
import { answerOf, fateOf, replay, type KeptAnswer } from './kept-answer.js';
import { keyedRequest, type KeyedRequest } from './keyed-request.js';
import { keepsItsKey } from './keeps-its-key.decorator.js';

/**
 * Makes a POST that comes again with the same Idempotency-Key be answered the same, without being done again. It is
 * around all routes and outside of their own interceptors, so that no route forgets it and headers they set are kept.
 */
@Injectable()
export class IdempotencyInterceptor implements SelectiveInterceptor {
  private readonly logger = new Logger(IdempotencyInterceptor.name);

  constructor(private readonly keys: IdempotencyKeys) {}

  concerns({ headers, method, user }: FastifyRequest): boolean {
    return headers['idempotency-key'] !== undefined && method === 'POST' && user !== undefined;
  }

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> | Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const header = request.headers['idempotency-key'];
    if (header === undefined || request.user === undefined) return next.handle();
    const keyed = keyedRequest(header, request, request.user);
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (!keepsItsKey(context.getHandler())) return this.once(keyed, request, reply, next);
    request.keyed = keyed;
    return next.handle().pipe(catchError((error: unknown) => from(this.settle(keyed, reply, error))));
  }

  private async once(
    keyed: KeyedRequest,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler<unknown>,
  ): Promise<Observable<unknown>> {
    const reserved = await this.keys.reserve(keyed);
    if (!('id' in reserved)) return of(replay(reserved, reply));
    const { id } = reserved;
    request.madeId = id;
    return next.handle().pipe(
      mergeMap(async (value) => {
        await this.keepQuietly(id, answerOf(value, reply));
        return value;
      }),
      catchError((error: unknown) => from(this.failed(id, error))),
    );
  }

  /** What was asked for is done: that its answer cannot be kept must not make it look undone. */
  private async keepQuietly(id: string, answer: KeptAnswer): Promise<void> {
    await this.keys.keep(id, answer).catch((error: unknown) => this.logger.warn(error));
  }

  /** @throws the error, always */
  private async failed(id: string, error: unknown): Promise<never> {
    const end = fateOf(error);
    if (end.fate === 'keep') await this.keepQuietly(id, end.answer);
    else await this.keys[end.fate](id).catch((cause: unknown) => this.logger.warn(cause));
    throw error;
  }

  /** The end of a request whose route writes the key by itself, and did not: what the key was answered counts more. */
  private async settle(keyed: KeyedRequest, reply: FastifyReply, error: unknown): Promise<unknown> {
    const end = fateOf(error);
    if (end.fate === 'lapse') throw error;
    if (end.fate === 'keep' && (await this.keys.keepUnreserved(keyed, end.answer))) throw error;
    const earlier = await this.keys.earlier(keyed);
    if (earlier === undefined) throw error;
    return replay(earlier, reply);
  }
}
