import { validationFailed } from '@app/contracts';
import { Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/internal';
import type { FastifyRequest } from 'fastify';

/** Refuses a query or a body that a route takes no notice of: a misspelt filter must not look as if it had worked. */
@Injectable()
export class UndeclaredInputGuard implements CanActivate {
  private readonly read = new WeakMap<object, ReadonlySet<number>>();

  canActivate(context: ExecutionContext): boolean {
    const { query, body } = context.switchToHttp().getRequest<FastifyRequest>();
    const read = this.readBy(context);
    if (read.has(RouteParamtypes.REQUEST)) return true;
    const ignored = [
      ...(read.has(RouteParamtypes.QUERY) ? [] : fieldsOf(query)),
      ...(read.has(RouteParamtypes.BODY) ? [] : fieldsOf(body)),
    ];
    if (ignored.length === 0) return true;
    throw validationFailed(ignored.map((field) => ({ field, message: 'is not known here' })));
  }

  /** The kinds (RouteParamtypes) of parameters a handler has, from what Nest's decorators left on its controller. */
  private readBy(context: ExecutionContext): ReadonlySet<number> {
    const handler = context.getHandler();
    const known = this.read.get(handler);
    if (known !== undefined) return known;
    const controller: Type = context.getClass();
    const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) as object | undefined;
    // A key is "<kind>:<index>"; those of decorators of our own begin with a random text, which may look like a number.
    const kinds = new Set(Object.keys(parameters ?? {}).map((key) => Number(/^(\d+):\d+$/.exec(key)?.[1] ?? NaN)));
    this.read.set(handler, kinds);
    return kinds;
  }
}

function fieldsOf(input: unknown): string[] {
  return typeof input === 'object' && input !== null && !Buffer.isBuffer(input) ? Object.keys(input) : [];
}
