import { Max, Min } from 'class-validator';
import { bytes } from '../parsers/bytes.parser.js';
import { duration } from '../parsers/duration.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { Variable } from '../variable.decorator.js';

/** What `script` steps, JavaScript of users in a sandbox, may take. */
export class ScriptsConfig {
  /** Scripts that one replica runs at the same time, each in a thread of its own; the others wait. */
  @Variable('SCRIPT_THREADS', integer)
  @Min(1)
  @Max(64)
  threads = 2;

  /** Longest time of one script, in milliseconds. */
  @Variable('SCRIPT_TIMEOUT_MS', duration('ms'))
  @Min(10)
  @Max(60_000)
  timeoutMs = 1_000;

  /** Memory of one script, its data included, in bytes. */
  @Variable('SCRIPT_MEMORY_BYTES', bytes)
  @Min(4_194_304)
  @Max(1_073_741_824)
  memoryBytes = 67_108_864;
}
