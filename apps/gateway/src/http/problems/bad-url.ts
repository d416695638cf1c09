import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from './problem.js';
import { sendProblem } from './send-problem.js';

/** A URL that does not even decode reaches no route and no hook. */
export function answerBadUrl(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id);
  sendProblem(problem('BAD_REQUEST'), request, reply);
}
