import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { HttpConfig } from '@app/config';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule } from '../gateway.module.js';
import { createHttpAdapter } from '../http/http-adapter.js';
import { setPrefix } from '../http/set-prefix.js';
import { createOpenApiDocument } from './create-open-api-document.js';

// Run after the build with the file to write: preview mode wires the modules without making anything in them, so it
// needs no configuration and no server.
const [file = 'docs/openapi.json'] = process.argv.slice(2);
const app = await NestFactory.create<NestFastifyApplication>(GatewayModule, createHttpAdapter(new HttpConfig()), {
  preview: true,
  logger: ['error'],
  abortOnError: false,
});
setPrefix(app);
writeFileSync(file, `${JSON.stringify(await createOpenApiDocument(app), null, 2)}\n`);
