import { Injectable, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { accessOf } from './access-of.js';

type Handler = (...args: never[]) => unknown;

/** Keeps the process from starting with a route that does not say who may call it. */
@Injectable()
export class DeclaredAccessCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    const undeclared = this.undeclaredRoutes();
    if (undeclared.length === 0) return;
    throw new Error(`Add @Public(), @Authenticated(), @Scoped() or @Roles() to: ${undeclared.join(', ')}`);
  }

  /** Every route, as `Controller.handler`, that declares nothing. */
  undeclaredRoutes(): string[] {
    return this.discovery.getControllers().flatMap(({ metatype, name }) => {
      if (typeof metatype !== 'function') return [];
      const controller = metatype as Type;
      return routesOf(this.scanner, controller)
        .filter((method) => accessOf(handlerOf(controller, method), controller) === undefined)
        .map((method) => `${name}.${method}`);
    });
  }
}

function routesOf(scanner: MetadataScanner, controller: Type): string[] {
  const prototype = controller.prototype as object;
  return scanner
    .getAllMethodNames(prototype)
    .filter((method) => Reflect.hasMetadata(PATH_METADATA, handlerOf(controller, method)));
}

function handlerOf(controller: Type, method: string): Handler {
  return (controller.prototype as Record<string, Handler>)[method] as Handler;
}
