import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { addIdempotencyParameter } from './idempotency-parameter.js';
import metadata from './metadata.js';
import { problemResponse, problemSchema } from './problem-schema.js';
import { securityByOperation, securitySchemes } from './security-by-operation.js';
import { toOpenApi31 } from './to-open-api-31.js';

/** The OpenAPI 3.1 document of the API, from the routes, the DTOs and what their comments say. */
export async function createOpenApiDocument(app: INestApplication): Promise<OpenAPIObject> {
  await SwaggerModule.loadPluginMetadata(metadata);
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('BIOMETRICS')
    .setDescription('Durable workflows, people and their sign-ins, content and integrations.')
    .setVersion('1');
  for (const [name, scheme] of Object.entries(securitySchemes)) base.addSecurity(name, scheme);
  const document = SwaggerModule.createDocument(app, base.build(), { operationIdFactory: operationId });
  const security = securityByOperation(app, operationId);
  for (const operation of operationsOf(document)) {
    operation.security = security.get(operation.operationId ?? '') ?? [];
    operation.responses['default'] = problemResponse;
  }
  addIdempotencyParameter(document);
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...problemSchema } };
  return toOpenApi31(document);
}

function operationId(controller: string, method: string): string {
  return `${controller.replace(/Controller$/, '')}.${method}`;
}

type PathItem = OpenAPIObject['paths'][string];

function operationsOf(document: OpenAPIObject): NonNullable<PathItem['get']>[] {
  return Object.values(document.paths).flatMap(({ get, put, post, patch, delete: remove }) =>
    [get, put, post, patch, remove].filter((operation) => operation !== undefined),
  );
}
