import { IsIn, IsString, Max, Min, MinLength } from 'class-validator';
import { Environment } from '../environments.js';
import { choice } from '../parsers/choice.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { text } from '../parsers/text.parser.js';
import { Variable } from '../variable.decorator.js';

export const LogLevel = {
  Fatal: 'fatal',
  Error: 'error',
  Warn: 'warn',
  Info: 'info',
  Debug: 'debug',
  Trace: 'trace',
  Silent: 'silent',
} as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** What every process has: where it runs, what it logs, where it is watched, where it keeps files. */
export class ServiceConfig {
  /** Where the process runs. Staging and production refuse missing and well-known secrets. */
  @Variable('ENVIRONMENT', choice(Environment))
  @IsIn(Object.values(Environment))
  environment: Environment = Environment.Development;

  /** The least severe log line that is written. */
  @Variable('LOG_LEVEL', choice(LogLevel))
  @IsIn(Object.values(LogLevel))
  logLevel: LogLevel = LogLevel.Info;

  /** Address that the API, the health server and the metrics server listen on. */
  @Variable('SERVER_HOST', text, { byEnvironment: { staging: '0.0.0.0', production: '0.0.0.0' } })
  @IsString()
  @MinLength(1)
  host = '127.0.0.1';

  /** Port of the internal health server (GET /health, GET /ready), per process. 0: none; the gateway answers on SERVER_PORT. */
  @Variable('HEALTH_PORT', integer, { byProcess: { workflow: 9475, worker: 9476 } })
  @Min(0)
  @Max(65_535)
  healthPort = 0;

  /** Port of the Prometheus metrics (GET /metrics), per process. 0: none. */
  @Variable('METRICS_PORT', integer, { byProcess: { gateway: 9464, workflow: 9465, worker: 9466 } })
  @Min(0)
  @Max(65_535)
  metricsPort = 0;

  /** Folder for what a process keeps on disk: generated development secrets, process ids, undelivered development mail. */
  @Variable('BIOMETRICS_DATA_DIR', text)
  @MinLength(1)
  dataDir = '.data';
}
