import type { ArgumentMetadata, NestInterceptor } from '@nestjs/common';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { ParamsTokenFactory } from '@nestjs/core/pipes/params-token-factory.js';
import { RouterExecutionContext } from '@nestjs/core/router/router-execution-context.js';
import type { RouteParamtypes } from '@nestjs/common/internal';
import type { FastifyRequest } from 'fastify';

/** An interceptor that has nothing to do with most requests, and says so. */
export interface SelectiveInterceptor extends NestInterceptor {
  /** False when it would only hand the request on. Asked after the guards. */
  concerns(request: FastifyRequest): boolean;
}

const kinds = new ParamsTokenFactory();

type CreatePipes = RouterExecutionContext['createPipesFn'];

type Intercept = (
  this: InterceptorsConsumer,
  ...args: Parameters<InterceptorsConsumer['intercept']>
) => Promise<unknown>;

// Noted when this file is loaded, so that a second gateway in one process wraps Nest's own once more and not ours.
const intercept = Reflect.get(InterceptorsConsumer.prototype, 'intercept') as Intercept;

/**
 * Has Nest take a request through its interceptors and pipes with a promise for what is asynchronous and none for the
 * rest. By itself it makes observables for each interceptor and about six promises for each parameter, which was a third
 * of the memory that a small request allocates (docs/performance.md). Guards, their order and what they refuse are
 * Nest's. Call before the application is made.
 */
export function leanRoutes(): void {
  InterceptorsConsumer.prototype.intercept = function (interceptors, args, ...rest) {
    const request = args[0] as FastifyRequest;
    const concerned = interceptors.filter((each) => !isSelective(each) || each.concerns(request));
    return intercept.call(this, concerned, args, ...rest);
  };
  RouterExecutionContext.prototype.createPipesFn = createPipes;
}

function isSelective(interceptor: NestInterceptor): interceptor is SelectiveInterceptor {
  return 'concerns' in interceptor;
}

/** One parameter after the other, in their order, so of several mistakes the first parameter's is told. */
function createPipes(
  this: RouterExecutionContext,
  ...[pipes, parameters]: Parameters<CreatePipes>
): ReturnType<CreatePipes> {
  if (parameters.length === 0) return null;
  const inOrder = parameters
    .map((parameter) => ({
      ...parameter,
      pipes: this.isPipeable(parameter.type) ? [...pipes, ...parameter.pipes] : [],
      metadata: {
        ...parameter,
        type: kinds.exchangeEnumForString(parameter.type as RouteParamtypes),
      } as ArgumentMetadata,
    }))
    .sort((a, b) => a.index - b.index);
  return async (args, req, res, next) => {
    for (const { index, extractValue, pipes: all, metadata } of inOrder) {
      let value: unknown = extractValue(req, res, next);
      for (const pipe of all) {
        value = pipe.transform(value, metadata);
        if (value instanceof Promise) value = await value;
      }
      args[index] = value;
    }
  };
}
