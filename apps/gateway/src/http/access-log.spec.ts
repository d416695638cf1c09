import type { NestLogger } from '@app/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { AccessLog } from './access-log.js';

function loggedPath(url: string): unknown {
  const info = vi.fn();
  const log = new AccessLog({ logger: { info } } as unknown as NestLogger);
  log.answered({ url } as FastifyRequest, { elapsedTime: 1, statusCode: 200 } as FastifyReply);
  return info.mock.calls[0]?.[0].path;
}

describe('AccessLog', () => {
  it('says neither what was asked for in a query nor which hook was called', () => {
    expect(loggedPath('/api/v1/runs?tag=private')).toBe('/api/v1/runs');
    for (const url of ['/hooks/secret', '/hooks/secret/more?x=1']) expect(loggedPath(url)).not.toContain('secret');
  });
});
