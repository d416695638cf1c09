import { ServiceConfig } from './classes/service.config.js';
import { ConfigError } from './config.error.js';
import { Environment } from './environments.js';
import { readEnvironment, type Variables } from './environment-files.js';
import { fillConfig } from './fill-config.js';
import type { LoadContext } from './load-context.js';
import type { ProcessName } from './processes.js';

type Instances<T extends readonly (new () => object)[]> = { [I in keyof T]: InstanceType<T[I]> };

/**
 * Reads and checks several config classes at once.
 * @param env the variables; those of this process and its environment files unless given
 * @param process who reads them: some defaults, such as METRICS_PORT, differ between the services
 * @throws ConfigError with one line for every mistake in all of the classes
 */
export function loadConfigs<const T extends readonly (new () => object)[]>(
  classes: T,
  env: Variables = readEnvironment(),
  process?: ProcessName,
): Instances<T> {
  const mistakes = new Set<string>();
  const start: LoadContext = { variables: env, environment: Environment.Development, process, dataDir: '', mistakes };
  const { environment, dataDir } = fillConfig(ServiceConfig, { ...start, mistakes: new Set() });
  const context = { ...start, environment, dataDir };
  const configs = classes.map((type) => fillConfig(type, context));
  // A wrong ENVIRONMENT decides about every other default, so it is told even when nobody asked for ServiceConfig.
  if (!classes.includes(ServiceConfig)) fillConfig(ServiceConfig, context);
  if (mistakes.size > 0) throw new ConfigError([...mistakes]);
  return configs as Instances<T>;
}

/** Reads and checks one config class; see `loadConfigs`. */
export function loadConfig<C extends object>(type: new () => C, env?: Variables, process?: ProcessName): C {
  return loadConfigs([type], env, process)[0];
}
