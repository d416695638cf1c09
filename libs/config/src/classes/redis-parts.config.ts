import { Max, Min, MinLength } from 'class-validator';
import { flag } from '../parsers/flag.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { text } from '../parsers/text.parser.js';
import { Variable } from '../variable.decorator.js';

/** The pieces of REDIS_URL, read only when that is not set. */
export class RedisParts {
  /** Host of Redis. Used only without REDIS_URL, like the other pieces. */
  @Variable('REDIS_HOST', text)
  @MinLength(1)
  host = '127.0.0.1';

  /** Port of Redis. */
  @Variable('REDIS_PORT', integer)
  @Min(1)
  @Max(65_535)
  port = 6379;

  /** Password of Redis; none when empty. */
  @Variable('REDIS_PASSWORD', text, { secret: true, hint: "the Redis server's password" })
  password = '';

  /** Number of the Redis database. */
  @Variable('REDIS_DATABASE', integer)
  @Min(0)
  @Max(1_000)
  database = 0;

  /** Whether to speak TLS with Redis. A REDIS_URL says it by its scheme: rediss://. */
  @Variable('REDIS_TLS', flag)
  tls = false;
}

/** One URL from the pieces. */
export function redisUrl({ host, port, password, database, tls }: RedisParts): string {
  const secret = password === '' ? '' : `:${encodeURIComponent(password)}@`;
  return `${tls ? 'rediss' : 'redis'}://${secret}${host}:${port}/${database}`;
}
