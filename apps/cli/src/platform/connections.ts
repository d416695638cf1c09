import { DatabaseConfig, loadConfigs, RedisConfig, type Variables } from '@app/config';
import type { Connections } from './environment-file.js';

/** Whether the user names a PostgreSQL; without one we run our own. */
export function namesDatabase(env: Variables): boolean {
  return ['DATABASE_URL', 'DATABASE_URL_FILE', 'DB_HOST'].some((name) => env[name]);
}

/** Whether the user names a Redis; without one we run our own. */
export function namesRedis(env: Variables): boolean {
  return ['REDIS_URL', 'REDIS_URL_FILE', 'REDIS_HOST'].some((name) => env[name]);
}

/** The connections that these variables amount to. Throws ConfigError. */
export function connectionsOf(env: Variables): Connections {
  const [database, redis] = loadConfigs([DatabaseConfig, RedisConfig], env);
  return { DATABASE_URL: database.url, REDIS_URL: redis.url };
}
