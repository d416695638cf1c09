import { url } from '../parsers/url.parser.js';
import { Variable } from '../variable.decorator.js';
import { RedisParts, redisUrl } from './redis-parts.config.js';
import { IsString } from 'class-validator';

/** The connection to Redis. */
export class RedisConfig {
  /** Redis as one URL (rediss:// for TLS). It wins over REDIS_HOST, REDIS_PORT, REDIS_PASSWORD, REDIS_DATABASE and REDIS_TLS. */
  @Variable('REDIS_URL', url('redis', 'rediss'), {
    secret: true,
    required: true,
    hint: 'redis://:password@host:6379/0',
    parts: { of: RedisParts, join: redisUrl },
  })
  @IsString()
  url: string;

  /** Whether the connection is encrypted. */
  get tls(): boolean {
    return this.url.startsWith('rediss:');
  }
}
