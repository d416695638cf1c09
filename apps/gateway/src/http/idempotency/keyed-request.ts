import { AppError } from '@app/contracts';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { Caller } from '../access/caller.js';
import { canonicalJson } from './canonical-json.js';

/** A request that came with an Idempotency-Key. */
export interface KeyedRequest {
  /** The API key or else the user: a key is one of its sender's. */
  principalId: string;
  method: string;
  /** With its parameters unfilled. */
  route: string;
  key: string;
  /** SHA-256, hex: of two requests with one key, tells the repeated one from another one. */
  hash: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the interceptor when an Idempotency-Key counts. */
    keyed?: KeyedRequest;
    /** The id that what this request makes shall have. */
    madeId?: string;
  }
}

/** What names a request: printable ASCII, as long as the column. */
const KEY = /^[!-~](?:[ -~]{0,253}[!-~])?$/;

/** @throws AppError BAD_REQUEST when the key is none */
export function keyedRequest(header: string | string[], request: FastifyRequest, caller: Caller): KeyedRequest {
  const key = String(header);
  if (!KEY.test(key)) throw new AppError({ code: 'BAD_REQUEST', kind: 'user', message: NO_KEY });
  const { credential, userId } = caller;
  return {
    principalId: credential.kind === 'api_key' ? credential.keyId : userId,
    method: request.method,
    route: request.routeOptions.url ?? '',
    key,
    hash: hashOf(request),
  };
}

/** The path belongs to it: with one key, the run of another workflow is another request. */
function hashOf({ url, query, body }: FastifyRequest): string {
  const [path = ''] = url.split('?', 1);
  const hash = createHash('sha256').update(canonicalJson([path, query]));
  return hash.update(Buffer.isBuffer(body) ? body : canonicalJson(body ?? null)).digest('hex');
}

const NO_KEY = 'An Idempotency-Key has 1 to 255 printable ASCII characters, for instance those of a UUID.';
