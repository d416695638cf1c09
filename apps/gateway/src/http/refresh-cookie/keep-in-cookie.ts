import type { TokensDto } from '@app/contracts';
import type { FastifyReply } from 'fastify';
import { refreshCookie } from './refresh-cookie.js';

/** Any answer that hands over tokens. */
export interface WithTokens {
  tokens: TokensDto;
}

/** Moves the refresh token of an answer into the cookie. */
export function keepInCookie<T extends WithTokens>(answer: T, reply: FastifyReply, ttlMs: number): T {
  const { refresh_token: token, ...tokens } = answer.tokens;
  if (token !== undefined) void reply.header('set-cookie', refreshCookie(token, ttlMs));
  return { ...answer, tokens };
}
