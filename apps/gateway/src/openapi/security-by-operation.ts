import type { INestApplication } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { accessOf } from '../http/access/access-of.js';

type Security = Record<string, string[]>[];

/** What each operation asks of its caller, from the same declarations that the guard reads. */
export function securityByOperation(
  app: INestApplication,
  scheme: string,
  operationId: (controller: string, method: string) => string,
): ReadonlyMap<string, Security> {
  const scanner = new MetadataScanner();
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return new Map(
    controllers.flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const handlers = metatype.prototype as Record<string, object>;
      return scanner.getAllMethodNames(handlers).map((method): [string, Security] => {
        const access = accessOf(handlers[method] ?? {}, metatype);
        return [operationId(metatype.name, method), access?.who === 'everybody' ? [] : [{ [scheme]: [] }]];
      });
    }),
  );
}
