import { Max, Min } from 'class-validator';
import { duration } from '../parsers/duration.parser.js';
import { flag } from '../parsers/flag.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { Variable } from '../variable.decorator.js';

/** The cleanup worker: what has expired, and accounts that are due to be erased. */
export class CleanupConfig {
  /** Whether this process cleans up. Any number of processes may: one at a time does it. */
  @Variable('WORKER_CLEANUP_ENABLED', flag)
  enabled = true;

  /** Time between two rounds, in seconds. */
  @Variable('WORKER_CLEANUP_INTERVAL_SECONDS', duration('s'))
  @Min(1_000)
  @Max(86_400_000)
  intervalMs = 60_000;

  /** Most rows that one statement removes, so that no other one waits for long. */
  @Variable('WORKER_CLEANUP_BATCH_SIZE', integer)
  @Min(1)
  @Max(10_000)
  batchSize = 500;
}
