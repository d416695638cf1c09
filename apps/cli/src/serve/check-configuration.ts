import * as config from '@app/config';
import { ServiceName } from '@app/contracts';
import { namesDatabase, namesRedis } from '../platform/connections.js';

/** Every class a service reads its configuration with. */
const CLASSES = [
  config.ServiceConfig,
  config.HttpConfig,
  config.DatabaseConfig,
  config.RedisConfig,
  config.AuthConfig,
  config.EncryptionConfig,
  config.EngineConfig,
  config.BoundsConfig,
  config.WorkersConfig,
  config.MailConfig,
  config.EgressConfig,
  config.BlobsConfig,
  config.S3Config,
];

/** Stand for the servers that we are going to start; only their form matters here. */
const OWN_DATABASE = { DATABASE_URL: 'postgresql://own:generated@127.0.0.1:1/own' };
const OWN_REDIS = { REDIS_URL: 'redis://:generated@127.0.0.1:1/0' };

/**
 * Reads the configuration of all services as they will read it, before anything is started.
 * Throws ConfigError with one line for each mistake.
 */
export function checkConfiguration(env: config.Variables): void {
  const complete = { ...(namesDatabase(env) ? {} : OWN_DATABASE), ...(namesRedis(env) ? {} : OWN_REDIS), ...env };
  const mistakes = new Set<string>();
  for (const name of Object.values(ServiceName)) {
    try {
      config.loadConfigs(CLASSES, complete, name);
    } catch (error) {
      if (!(error instanceof config.ConfigError)) throw error;
      for (const mistake of error.mistakes) mistakes.add(mistake);
    }
  }
  if (mistakes.size > 0) throw new config.ConfigError([...mistakes]);
}
