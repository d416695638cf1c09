import type { INestApplication } from '@nestjs/common';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { STEP_UP, type Access } from '../../apps/gateway/src/http/access/access.decorators.js';
import { accessOf } from '../../apps/gateway/src/http/access/access-of.js';
import { KnownRoutes } from '../../apps/gateway/src/http/known-routes.js';

/** One route as the running server has it, and what its handler declares. */
export interface Route {
  method: string;
  /** As Fastify writes it: `/api/v1/runs/:id`. */
  path: string;
  /** `Controller.handler`. */
  handler: string;
  access: Access;
  stepUp: boolean;
}

interface Handler {
  name: string;
  method: RequestMethod;
  path: string;
  access: Access | undefined;
  stepUp: boolean;
}

/**
 * Every route that the server answers, from the server itself; HEAD goes with its GET.
 * @throws Error for a route that no controller declares: nobody would guard it
 */
export function routesOf(app: INestApplication): Route[] {
  const handlers = handlersOf(app);
  return app
    .get(KnownRoutes)
    .all.filter(({ method }) => method !== 'HEAD')
    .map(({ method, path }) => {
      const handler = handlers.find((each) => isFor(each, method, path));
      if (handler?.access === undefined) throw new Error(`Nobody says who may call ${method} ${path}.`);
      return { method, path, handler: handler.name, access: handler.access, stepUp: handler.stepUp };
    });
}

function isFor(handler: Handler, method: string, path: string): boolean {
  const methods = RequestMethod[handler.method];
  if (methods !== 'ALL' && methods !== method) return false;
  return path === handler.path || path === `/api/v1${handler.path}`;
}

function handlersOf(app: INestApplication): Handler[] {
  const scanner = new MetadataScanner();
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return [];
    const prototype = metatype.prototype as Record<string, object>;
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] ?? {};
      const paths = listOf(Reflect.getMetadata(PATH_METADATA, handler));
      return listOf(Reflect.getMetadata(PATH_METADATA, metatype)).flatMap((prefix) =>
        paths.map((path) => ({
          name: `${metatype.name}.${name}`,
          method: Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod,
          path: joined(prefix, path),
          access: accessOf(handler, metatype),
          stepUp: [handler, metatype].some((target) => Reflect.getMetadata(STEP_UP, target) === true),
        })),
      );
    });
  });
}

function listOf(value: unknown): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]) as string[];
}

function joined(...parts: string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return `/${segments.join('/')}`;
}
