import { NestFactory } from '@nestjs/core';
import { Injectable, Module } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, ConfigModule, EgressConfig, ServiceConfig } from './index.js';

@Injectable()
class Reader {
  constructor(
    readonly service: ServiceConfig,
    readonly egress: EgressConfig,
  ) {}
}

@Module({ imports: [ConfigModule.forRoot([ServiceConfig, EgressConfig], 'worker')], providers: [Reader] })
class App {}

const create = () => NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });

afterEach(() => vi.unstubAllEnvs());

describe('ConfigModule', () => {
  it('provides each class everywhere, with the defaults of its process', async () => {
    const reader = (await create()).get(Reader);
    expect(reader.service.metricsPort).toBe(9466);
    expect(reader.egress.allow).toContain('127.0.0.0/8');
  });

  it('stops the start with a ConfigError', async () => {
    vi.stubEnv('METRICS_PORT', 'http');
    await expect(create()).rejects.toBeInstanceOf(ConfigError);
  });
});
