import { Max, Min } from 'class-validator';
import { duration } from '../parsers/duration.parser.js';
import { flag } from '../parsers/flag.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { Variable } from '../variable.decorator.js';

/** The switch and the sizes of one worker. */
export class WorkerConfig {
  /** Whether this process does the worker's jobs. */
  @Variable('ENABLED', flag)
  enabled = true;

  /** Jobs this process does at the same time. */
  @Variable('CONCURRENCY', integer, { fallback: 'WORKER_COUNT' })
  @Min(1)
  @Max(1_000)
  concurrency = 5;

  /** How often a failed job is tried again. */
  @Variable('MAX_RETRIES', integer)
  @Min(0)
  @Max(100)
  maxRetries = 3;

  /** Time before the first retry, in seconds; each further one waits twice as long. */
  @Variable('RETRY_DELAY_SECONDS', duration('s'))
  @Min(0)
  @Max(86_400_000)
  retryDelayMs = 5_000;

  /** Longest time one attempt may take, in seconds. */
  @Variable('TIMEOUT_SECONDS', duration('s'))
  @Min(100)
  @Max(3_600_000)
  timeoutMs = 30_000;
}
