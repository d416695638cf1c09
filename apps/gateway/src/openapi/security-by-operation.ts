import type { INestApplication } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { DocumentBuilder } from '@nestjs/swagger';
import { accessOf } from '../http/access/access-of.js';
import type { Access } from '../http/access/access.decorators.js';

type Security = Record<string, string[]>[];

/** Two kinds of credentials, in the same header. */
export const securitySchemes = {
  'access token': {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'Of a person who has signed in.',
  },
  'API key': {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'bio_…',
    description: 'Of a program. Opens the operations that name a scope of its own, and no others.',
  },
} as const satisfies Record<string, Parameters<DocumentBuilder['addSecurity']>[1]>;

type Scheme = keyof typeof securitySchemes;

/** What each operation asks of its caller, from the same declarations that the guard reads. */
export function securityByOperation(
  app: INestApplication,
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
        return [operationId(metatype.name, method), securityOf(access)];
      });
    }),
  );
}

/** The names of what a caller needs to have stand beside the scheme (OpenAPI 3.1, Security Requirement Object). */
function securityOf(access: Access | undefined): Security {
  switch (access?.who) {
    case 'everybody':
      return [];
    case 'scope':
      return [needs('access token'), needs('API key', access.scope)];
    case 'roles':
      return access.roles.map((role) => needs('access token', role));
    case 'signed_in':
    case undefined:
      return [needs('access token')];
  }
}

function needs(scheme: Scheme, ...names: string[]): Record<string, string[]> {
  return { [scheme]: names };
}
