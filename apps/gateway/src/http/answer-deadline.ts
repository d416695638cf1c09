import { AppError } from '@app/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problems/send-problem.js';

/**
 * Gives a request a time within which its whole answer has to be out: then it is answered 503, or cut off in the middle.
 * Fastify's own `handlerTimeout` forgets a request once its body has been read (Node.js closes it then), and makes an
 * AbortController and an exception for each, which is a tenth of what a small request costs.
 */
export function limitAnswer(request: FastifyRequest, reply: FastifyReply, withinMs: number): void {
  const timer = setTimeout(() => giveUp(request, reply), withinMs);
  reply.raw.once('close', () => clearTimeout(timer));
}

function giveUp(request: FastifyRequest, reply: FastifyReply): void {
  if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
  const message = 'This took too long. Nobody knows whether it is done: look before you ask again.';
  sendProblem(new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message }), request, reply);
}
