import { Injectable } from '@nestjs/common';
import type { HTTPMethods } from 'fastify';

interface KnownRoute {
  method: HTTPMethods;
  /** As Fastify writes it: `/users/:id`. */
  path: string;
  pattern: RegExp;
}

/** Which methods an address takes, so that a wrong method is answered 405 with `Allow` instead of 404. */
@Injectable()
export class KnownRoutes {
  private readonly routes: KnownRoute[] = [];

  /** @param path as Fastify writes it: `/users/:id`, `/files/*` */
  add(methods: HTTPMethods | readonly HTTPMethods[], path: string): void {
    // What the CORS plugin adds for every address says nothing about any of them.
    if (path === '*') return;
    const pattern = toPattern(path);
    for (const method of typeof methods === 'string' ? [methods] : methods) this.routes.push({ method, path, pattern });
  }

  /** Every route of the server. */
  get all(): readonly Readonly<KnownRoute>[] {
    return this.routes;
  }

  /** The methods in alphabetical order; none when nothing is at this address. */
  methodsOf(url: string): HTTPMethods[] {
    const path = url.split('?', 1)[0] ?? '';
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}

function toPattern(path: string): RegExp {
  const segments = path.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]+';
    if (segment.startsWith('*')) return '.*';
    return segment.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${segments.join('/')}$`);
}
