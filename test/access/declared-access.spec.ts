import type { DynamicModule, Type } from '@nestjs/common';
import { MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner } from '@nestjs/core';
import { expect, it } from 'vitest';
import { GatewayModule } from '../../apps/gateway/src/gateway.module.js';
import { accessOf } from '../../apps/gateway/src/http/access/access-of.js';

type Imported = Type | DynamicModule | Promise<DynamicModule>;

/** Every controller that a module brings along, without starting anything. */
async function controllersOf(imported: Imported, seen = new Set<unknown>()): Promise<Type[]> {
  const module = await imported;
  if (seen.has(module)) return [];
  seen.add(module);
  const type = 'module' in module ? module.module : module;
  const of = (key: string): unknown[] => (Reflect.getMetadata(key, type) ?? []) as unknown[];
  const dynamic: Partial<DynamicModule> = 'module' in module ? module : {};
  const imports = [...of(MODULE_METADATA.IMPORTS), ...(dynamic.imports ?? [])] as Imported[];
  const controllers = [...of(MODULE_METADATA.CONTROLLERS), ...(dynamic.controllers ?? [])] as Type[];
  return [...controllers, ...(await Promise.all(imports.map((each) => controllersOf(each, seen)))).flat()];
}

it('every route of the gateway says who may call it: @Public(), @Authenticated(), @Scoped() or @Roles()', async () => {
  const scanner = new MetadataScanner();
  const routes = [...new Set(await controllersOf(GatewayModule))].flatMap((controller) => {
    const handlers = controller.prototype as Record<string, object>;
    return scanner
      .getAllMethodNames(handlers)
      .map((name) => ({ name: `${controller.name}.${name}`, handler: handlers[name] ?? {}, controller }))
      .filter(({ handler }) => Reflect.hasMetadata(PATH_METADATA, handler));
  });
  expect(routes.length).toBeGreaterThan(50);
  const undeclared = routes.filter(({ handler, controller }) => accessOf(handler, controller) === undefined);
  expect(undeclared.map(({ name }) => name)).toEqual([]);
});
