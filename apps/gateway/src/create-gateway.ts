import { HttpConfig, loadConfigs } from '@app/config';
import { ServiceName } from '@app/contracts';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { gatewayConfigs, GatewayModule } from './gateway.module.js';
import { configureHttp } from './http/configure-http.js';
import { createHttpAdapter } from './http/http-adapter.js';
import { ApiDescription } from './openapi/api-description.js';

/**
 * The gateway, ready to listen.
 * @throws ConfigError with every mistake of the whole configuration
 */
export async function createGateway(options: NestApplicationOptions): Promise<NestFastifyApplication> {
  const configs = loadConfigs(gatewayConfigs, undefined, ServiceName.Gateway);
  const http = configs.find((config) => config instanceof HttpConfig) ?? new HttpConfig();
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule, createHttpAdapter(http), {
    ...options,
    bodyParser: false,
  });
  configureHttp(app);
  app.get(ApiDescription).describe(app);
  return app;
}
