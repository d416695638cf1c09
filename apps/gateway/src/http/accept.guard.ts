import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { problem } from './problems/problem.js';
import { PRODUCES } from './produces.decorator.js';

const JSON_TYPE = 'application/json';

/** Answers 406 before anything is done when the client accepts nothing that the route can answer in. */
@Injectable()
export class AcceptGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { accept } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (accept === undefined || accept === '*/*' || accept === JSON_TYPE) return true;
    const targets = [context.getHandler(), context.getClass()];
    const produced = this.reflector.getAllAndOverride<string | undefined>(PRODUCES, targets) ?? JSON_TYPE;
    if (accepts(accept, produced)) return true;
    throw problem('NOT_ACCEPTABLE');
  }
}

/** RFC 9110 §12.5.1, as far as one produced type needs it: a range that matches and whose weight is not 0. */
function accepts(header: string, produced: string): boolean {
  if (produced === '*/*') return true;
  const family = `${produced.split('/', 1)[0]}/*`;
  return header.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter));
    return !refused && (type === '*/*' || type === family || type === produced);
  });
}
