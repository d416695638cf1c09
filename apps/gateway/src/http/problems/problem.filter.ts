import type { AppError } from '@app/contracts';
import { Catch, Injectable, Logger, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KnownRoutes } from '../known-routes.js';
import { problem } from './problem.js';
import { sendProblem } from './send-problem.js';
import { toAppError } from './to-app-error.js';

/** Answers whatever is thrown as a problem document (RFC 9457): no stack, no SQL, no library's words. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly routes: KnownRoutes) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = thrown instanceof NotFoundException ? this.unknownRoute(request, reply) : toAppError(thrown);
    this.log(error);
    // The answer was under way when it broke: there is no second one.
    if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
    sendProblem(error, request, reply);
  }

  /** Features say `notFound()`, so Nest's own exception means that no route matched. */
  private unknownRoute(request: FastifyRequest, reply: FastifyReply): AppError {
    const methods = this.routes.methodsOf(request.url);
    if (methods.length === 0) return problem('NOT_FOUND');
    void reply.header('allow', methods.join(', '));
    return problem('METHOD_NOT_ALLOWED');
  }

  private log(error: AppError): void {
    if (error.kind === 'bug') this.logger.error(error.cause ?? error);
    if (error.kind === 'transient') this.logger.warn(error.cause ?? error);
  }
}
