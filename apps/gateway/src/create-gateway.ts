import { HttpConfig, loadConfigs } from '@app/config';
import { ServiceName } from '@app/contracts';
import type { NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { gatewayConfigs, GatewayModule } from './gateway.module.js';
import { bindCheaply } from './http/bind-cheaply.js';
import { configureHttp } from './http/configure-http.js';
import { createHttpAdapter } from './http/http-adapter.js';
import { leanRoutes } from './http/lean-routes.js';
import { ApiDescription } from './openapi/api-description.js';

/**
 * The gateway, ready to listen.
 * @param root the module to start from: a benchmark has one with a route more
 * @throws ConfigError with every mistake of the whole configuration
 */
export async function createGateway(
  options: NestApplicationOptions,
  root: Type = GatewayModule,
): Promise<NestFastifyApplication> {
  bindCheaply();
  leanRoutes();
  const configs = loadConfigs(gatewayConfigs, undefined, ServiceName.Gateway);
  const http = configs.find((config) => config instanceof HttpConfig) ?? new HttpConfig();
  const app = await NestFactory.create<NestFastifyApplication>(root, createHttpAdapter(http), {
    ...options,
    bodyParser: false,
  });
  configureHttp(app);
  app.get(ApiDescription).describe(app);
  return app;
}
