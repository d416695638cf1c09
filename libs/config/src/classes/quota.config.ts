import { Max, Min } from 'class-validator';
import { bytes } from '../parsers/bytes.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { Variable } from '../variable.decorator.js';

/** What one account may use. 0 is no limit. */
export class QuotaConfig {
  /** Runs that one account may start in a minute, by hand and by its triggers; 0 is no limit. */
  @Variable('QUOTA_RUNS_PER_MINUTE', integer)
  @Min(0)
  @Max(1_000_000)
  runsPerMinute = 0;

  /** Parked runs that one account may have when it starts another one; 0 is no limit. */
  @Variable('QUOTA_PARKED_RUNS', integer)
  @Min(0)
  @Max(10_000_000)
  parkedRuns = 0;

  /** Mails that the runs of one account may send in 24 hours; 0 is no limit. */
  @Variable('QUOTA_MAILS_PER_DAY', integer)
  @Min(0)
  @Max(1_000_000)
  mailsPerDay = 0;

  /** Bytes that the large inputs and outputs of one account's runs may take in blob storage; 0 is no limit. */
  @Variable('QUOTA_BLOB_BYTES', bytes)
  @Min(0)
  blobBytes = 0;
}
