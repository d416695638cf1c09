import { HttpConfig } from '@app/config';
import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Where proxies of one's own are: loopback, RFC 1918, RFC 6598, RFC 4193. */
const OWN_NETWORK =
  /^(::ffff:)?(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)|^::1$|^f[cd]/i;

/**
 * Says once in the log what it looks like when TRUST_PROXY was forgotten: a proxy's clients are one address and soon
 * all refused. Only a hint, because anybody may send X-Forwarded-For.
 */
@Injectable()
export class ProxyHint {
  private readonly log = new Logger(ProxyHint.name);
  private isDue: boolean;

  constructor({ trustProxy }: HttpConfig) {
    this.isDue = trustProxy.length === 0;
  }

  /** Call when a request is refused for its address. */
  refused({ ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>): void {
    if (!this.isDue || headers['x-forwarded-for'] === undefined || !OWN_NETWORK.test(ip)) return;
    this.isDue = false;
    this.log.warn(`Too many requests from ${ip}. If that is your proxy, set TRUST_PROXY: its clients share one limit.`);
  }
}
