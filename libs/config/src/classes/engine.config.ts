import { Max, Min } from 'class-validator';
import { duration } from '../parsers/duration.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { bytes } from '../parsers/bytes.parser.js';
import { MoreThan } from '../rules/more-than.rule.js';
import { Variable } from '../variable.decorator.js';

/** How the engine claims, keeps and writes runs. */
export class EngineConfig {
  /** How often a replica renews its lease, in milliseconds. */
  @Variable('ENGINE_HEARTBEAT_MS', duration('ms'))
  @Min(50)
  heartbeatMs = 1_000;

  /** Time without a renewed lease after which a replica stops its calls, in milliseconds. */
  @Variable('ENGINE_ABORT_AFTER_MS', duration('ms'))
  @MoreThan<EngineConfig>('heartbeatMs', 'ENGINE_HEARTBEAT_MS')
  abortAfterMs = 4_000;

  /** Time without a renewed lease after which the others take a replica's runs, in milliseconds. */
  @Variable('ENGINE_LEASE_MS', duration('ms'))
  @MoreThan<EngineConfig>('abortAfterMs', 'ENGINE_ABORT_AFTER_MS')
  leaseMs = 6_000;

  /** How often to look for due runs when nothing hints at any, in milliseconds. */
  @Variable('ENGINE_POLL_MS', duration('ms'))
  @Min(10)
  @Max(60_000)
  pollMs = 500;

  /** Runs of one owner that one replica holds at the same time; those of all together are at most twice as many. */
  @Variable('ENGINE_CONCURRENCY', integer)
  @Min(1)
  @Max(100_000)
  concurrency = 512;

  /**
   * Calls that steps of a replica make at the same time; of one owner alone half of them. Further ones wait, and their
   * time-outs have not begun.
   */
  @Variable('ENGINE_CALLS', integer)
  @Min(2)
  @Max(100_000)
  callSlots = 512;

  /** Most runs claimed by one query. */
  @Variable('ENGINE_CLAIM_BATCH', integer)
  @Min(1)
  @Max(1_000)
  claimBatch = 100;

  /** Most rows of one coalesced write. */
  @Variable('ENGINE_FLUSH_ROWS', integer)
  @Min(1)
  @Max(10_000)
  flushRows = 500;

  /** Most bytes of one coalesced write. */
  @Variable('ENGINE_FLUSH_BYTES', bytes)
  @Min(1_048_576)
  flushBytes = 4_194_304;

  /** Most entries of one run's journal; a run that would need more fails. */
  @Variable('ENGINE_MAX_JOURNAL_ENTRIES', integer)
  @Min(100)
  @Max(10_000_000)
  maxJournalEntries = 200_000;
}
