import { loadConfig, readEnvironment, ServiceConfig, type Variables } from '@app/config';
import { StartError } from '@app/observability';
import { namesDatabase, namesRedis } from './connections.js';
import { DataFolder } from './data-folder.js';
import { readConnections } from './environment-file.js';

/** The variables of this process, for a command that needs the database. Throws StartError when there is none. */
export function environmentWithDatabase(): Variables {
  const env = readEnvironment();
  return namesDatabase(env) ? env : { ...env, DATABASE_URL: runningPlatform(env).DATABASE_URL };
}

/**
 * The DATABASE_URL and REDIS_URL to add to `env` for joining the platform of the data folder: those the user did not
 * set. Throws StartError when one is needed and no platform has run there.
 */
export function connectionsToAdd(env: Variables): Record<string, string> {
  return {
    ...(namesDatabase(env) ? {} : { DATABASE_URL: runningPlatform(env).DATABASE_URL }),
    ...(namesRedis(env) ? {} : { REDIS_URL: runningPlatform(env).REDIS_URL }),
  };
}

function runningPlatform(env: Variables): { DATABASE_URL: string; REDIS_URL: string } {
  const folder = new DataFolder(loadConfig(ServiceConfig, env).dataDir);
  const connections = readConnections(folder.environment);
  if (connections !== undefined) return connections;
  throw new StartError(
    `No platform has run on ${folder.path} yet: start it with "npm start", or set DATABASE_URL and REDIS_URL.`,
  );
}
