import type { Environment } from './environments.js';
import type { Variables } from './environment-files.js';
import type { ProcessName } from './processes.js';

/** What all classes of one load share. */
export interface LoadContext {
  readonly variables: Variables;
  readonly environment: Environment;
  readonly process: ProcessName | undefined;
  /** Where generated secrets of a development machine are kept. */
  readonly dataDir: string;
  /** A set, because one variable may serve two classes and its mistake is still one. */
  readonly mistakes: Set<string>;
}
