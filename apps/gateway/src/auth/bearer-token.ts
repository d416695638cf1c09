import type { FastifyRequest } from 'fastify';

/** RFC 6750 §2.1, and nothing else: no second word, no other separator than one blank. */
const BEARER = /^Bearer ([\x21-\x7e]+)$/i;

/**
 * The credential of a request's `Authorization: Bearer …`, or null when there is none. Nothing is read from the query,
 * the body or a cookie. Two such headers are none: what stands in front of us might have believed the other one.
 */
export function bearerToken({ raw }: Pick<FastifyRequest, 'raw'>): string | null {
  const { authorization } = raw.headers;
  if (authorization === undefined || count(raw.rawHeaders, 'authorization') > 1) return null;
  return BEARER.exec(authorization)?.[1] ?? null;
}

/** @param headers names and values in turn, as they came: Node.js keeps only the first of some that came twice */
function count(headers: readonly string[], name: string): number {
  let found = 0;
  for (let i = 0; i < headers.length; i += 2) if (headers[i]?.toLowerCase() === name) found += 1;
  return found;
}
