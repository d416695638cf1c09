import 'reflect-metadata';
import {
  Body,
  Controller,
  createParamDecorator,
  Get,
  Param,
  Post,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leanRoutes, type SelectiveInterceptor } from './lean-routes.js';

/** Marks answers, of those requests that ask for it. */
class Marking implements SelectiveInterceptor {
  concerns({ headers }: FastifyRequest): boolean {
    return headers['mark'] !== undefined;
  }

  intercept(_: ExecutionContext, next: CallHandler<string>): Observable<string> {
    return next.handle().pipe(map((answer) => `marked ${answer}`));
  }
}

class Always {
  intercept(_: ExecutionContext, next: CallHandler<string>): Observable<string> {
    return next.handle().pipe(map((answer) => `always ${answer}`));
  }
}

class LaterPipe implements PipeTransform<string, Promise<string>> {
  async transform(value: string): Promise<string> {
    return Promise.resolve(`${value} later`);
  }
}

class RefusingPipe implements PipeTransform<unknown> {
  transform(): never {
    throw new Error('refused by the pipe');
  }
}

const Custom = createParamDecorator(() => 'custom');

@Controller('things')
class ThingsController {
  @UseInterceptors(Marking)
  @Get(':id')
  one(@Param('id', LaterPipe) id: string, @Custom(LaterPipe) custom: string): string {
    return `${id}, ${custom}`;
  }

  @UseInterceptors(Always, Marking)
  @Get(':id/always')
  always(@Param('id') id: string): Promise<string> {
    return Promise.resolve(id);
  }

  @Post(':id')
  refuse(@Param('id', RefusingPipe) _id: string, @Body() _body: unknown): string {
    return 'never';
  }
}

let app: NestFastifyApplication;

beforeAll(async () => {
  leanRoutes();
  leanRoutes();
  const module = await Test.createTestingModule({ controllers: [ThingsController] }).compile();
  app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.init();
});
afterAll(() => app.close());

async function get(url: string, headers: Record<string, string> = {}): Promise<string> {
  return (await app.inject({ method: 'GET', url, headers })).payload;
}

describe('a route', () => {
  it('passes its pipes, those that take a while as well', async () => {
    expect(await get('/things/7')).toBe('7 later, custom later');
  });

  it('passes the interceptors that the request concerns', async () => {
    expect(await get('/things/7', { mark: 'yes' })).toBe('marked 7 later, custom later');
  });

  it('passes an interceptor that does not say whom it concerns, always and in its order', async () => {
    expect(await get('/things/7/always')).toBe('always 7');
    expect(await get('/things/7/always', { mark: 'yes' })).toBe('always marked 7');
  });

  it('is not reached when a pipe refuses', async () => {
    const { statusCode, payload } = await app.inject({ method: 'POST', url: '/things/7', payload: {} });
    expect(statusCode).toBe(500);
    expect(payload).not.toContain('never');
  });
});
