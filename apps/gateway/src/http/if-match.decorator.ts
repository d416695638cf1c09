import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/**
 * The versions of which one has to be the row's for a write to happen, from If-Match; undefined when the client does
 * not care. Belongs into the writing statement, `AND ($n::int[] IS NULL OR version = ANY ($n))`; a row that is there and
 * does not match is `problem('PRECONDITION_FAILED')`.
 */
export type ExpectedVersions = readonly number[] | undefined;

/** Reads {@link ExpectedVersions}. Weak and foreign tags never match (RFC 9110 §13.1.1), so they are left out. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): ExpectedVersions => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  return header.split(',').flatMap((tag) => {
    const version = /^"(\d{1,9})"$/.exec(tag.trim())?.[1];
    return version === undefined ? [] : [Number(version)];
  });
});
