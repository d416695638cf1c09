import 'reflect-metadata';
import { Body, Controller, Get, Post, Query, Req, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { describe, expect, it } from 'vitest';
import { UndeclaredInputGuard } from './undeclared-input.guard.js';

@Controller()
class RoutesController {
  @Get()
  nothing(): void {}

  @Post()
  body(@Body() _body: object): void {}

  @Get()
  query(@Query() _query: object): void {}

  @Post()
  everything(@Req() _request: object): void {}

  @Post()
  custom(): void {}
}

// What Nest leaves for decorators made with createParamDecorator: random texts, here such as look like a kind.
const custom = ['0', '3', '4'].map((kind, index) => [`${kind}a9f2c__customRouteArgs__:${index}`, { index }]);
Reflect.defineMetadata(ROUTE_ARGS_METADATA, Object.fromEntries(custom), RoutesController, 'custom');

function ask(route: keyof RoutesController, request: { query?: object; body?: unknown }): () => boolean {
  const context = {
    getClass: () => RoutesController,
    getHandler: () => RoutesController.prototype[route],
    switchToHttp: () => ({ getRequest: () => ({ query: {}, ...request }) }),
  };
  return () => new UndeclaredInputGuard().canActivate(context as unknown as ExecutionContext);
}

describe('UndeclaredInputGuard', () => {
  it.each(['nothing', 'body', 'custom'] as const)('refuses a query of the route %s', (route) => {
    expect(ask(route, { query: { verbose: '1' } })).toThrow(
      expect.objectContaining({ errors: [{ field: 'verbose', message: 'is not known here' }] }),
    );
  });

  it.each(['nothing', 'query', 'custom'] as const)('refuses a body of the route %s', (route) => {
    expect(ask(route, { body: { everywhere: true } })).toThrow('not valid');
    expect(ask(route, { body: {} })()).toBe(true);
    expect(ask(route, {})()).toBe(true);
  });

  it('leaves what a route reads to the route', () => {
    expect(ask('body', { body: { a: 1 } })()).toBe(true);
    expect(ask('query', { query: { a: '1' } })()).toBe(true);
    expect(ask('everything', { query: { a: '1' }, body: Buffer.from('a') })()).toBe(true);
  });
});
