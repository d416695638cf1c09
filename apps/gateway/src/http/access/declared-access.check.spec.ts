import 'reflect-metadata';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { Authenticated, Public, Roles } from './access.decorators.js';
import { DeclaredAccessCheck } from './declared-access.check.js';

@Controller('declared')
class DeclaredController {
  @Public()
  @Get('open')
  open(): void {}

  @Roles('admin')
  @Get('admin')
  admin(): void {}

  helper(): void {}
}

@Authenticated()
@Controller('whole')
class WholeController {
  @Get()
  list(): void {}
}

@Controller('forgotten')
class ForgottenController {
  @Public()
  @Get()
  list(): void {}

  @Post()
  create(): void {}
}

@Module({
  imports: [DiscoveryModule],
  controllers: [DeclaredController, WholeController],
  providers: [DeclaredAccessCheck],
})
class GoodModule {}

@Module({
  imports: [GoodModule, DiscoveryModule],
  controllers: [ForgottenController],
  providers: [DeclaredAccessCheck],
})
class BadModule {}

describe('DeclaredAccessCheck', () => {
  it('is content when every route says who may call it', async () => {
    const app = await Test.createTestingModule({ imports: [GoodModule] }).compile();
    await expect(app.init()).resolves.toBeDefined();
  });

  it('keeps the process from starting with a route that says nothing', async () => {
    const app = await Test.createTestingModule({ imports: [BadModule] }).compile();
    await expect(app.init()).rejects.toThrow('ForgottenController.create');
  });
});
