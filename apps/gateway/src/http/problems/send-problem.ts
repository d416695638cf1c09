import type { AppError } from '@app/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_TYPE, problemDocument } from './problem-document.js';

/** Answers a request with a problem document and the headers that belong to its code. */
export function sendProblem(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
  const document = problemDocument(error, request.url, request.id);
  if (error.retryAfterS !== undefined) void reply.header('retry-after', String(error.retryAfterS));
  if (document.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.status(document.status).header('content-type', PROBLEM_TYPE).send(JSON.stringify(document));
}
