import { AppError } from '@app/contracts';
import type { FastifyReply } from 'fastify';
import { problemKinds } from '../problems/problem-status.js';
import { toAppError } from '../problems/to-app-error.js';

/** An answer as it is kept. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  /** JSON text; of an error, what it says. Null when there is none. */
  body: string | null;
}

/** Headers that belong to what was made; the others are about the request. */
const KEPT_HEADERS = ['etag', 'location'];
/** First of the errors. */
const FIRST_ERROR = 400;

export function answerOf(value: unknown, reply: FastifyReply): KeptAnswer {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const header = reply.getHeader(name);
    return header === undefined ? [] : [[name, String(header)]];
  });
  const body = value === undefined ? null : JSON.stringify(value);
  return { status: reply.statusCode, headers: Object.fromEntries(headers) as Record<string, string>, body };
}

/** What is to become of a key whose request ended with an error. */
export type ErrorFate =
  | { fate: 'keep'; answer: KeptAnswer }
  /** Nothing was done: the next request with this key is a new one. */
  | { fate: 'forget' }
  /** Nobody knows what was done: the next one has to be the same. */
  | { fate: 'lapse' };

/** Errors of ours, of limits and of credentials pass: they say nothing about the request. */
export function fateOf(thrown: unknown): ErrorFate {
  const error = toAppError(thrown);
  const status = statusOf(error);
  if (status >= 500) return { fate: 'lapse' };
  if (error.code === 'IDEMPOTENCY_MISMATCH' || [401, 403, 429].includes(status)) return { fate: 'forget' };
  const { code, message, errors } = error;
  return { fate: 'keep', answer: { status, headers: {}, body: JSON.stringify({ code, message, errors }) } };
}

/**
 * Gives a kept answer once more.
 * @throws AppError when it was one
 */
export function replay({ status, headers, body }: KeptAnswer, reply: FastifyReply): unknown {
  void reply.header('idempotency-replayed', 'true');
  const value: unknown = body === null ? undefined : JSON.parse(body);
  if (status >= FIRST_ERROR) throw new AppError({ ...(value as AppError), kind: 'user' });
  void reply.status(status).headers(headers);
  return value;
}

function statusOf({ code }: AppError): number {
  return (problemKinds as Partial<Record<string, { status: number }>>)[code]?.status ?? 500;
}
