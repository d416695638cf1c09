import { IsOptional, Max, Min, MinLength } from 'class-validator';
import { bytes } from '../parsers/bytes.parser.js';
import { duration } from '../parsers/duration.parser.js';
import { text } from '../parsers/text.parser.js';
import { Variable } from '../variable.decorator.js';

/** Where values are kept that are too large for a row of PostgreSQL. */
export class BlobsConfig {
  /**
   * Folder of large values: `blobs` in the data folder unless it is set. All three services must see the same one; on
   * several machines it is a volume that they share, or BLOB_S3_BUCKET is used instead.
   */
  @Variable('BLOB_FOLDER', text)
  @IsOptional()
  @MinLength(1)
  folder?: string;

  /** Most bytes of JSON of an input or an output that stays in its row. */
  @Variable('BLOB_INLINE_BYTES', bytes)
  @Min(1_024)
  @Max(16_777_216)
  inlineBytes = 65_536;

  /** How long a large value is kept that no run refers to, because a process ended in between. */
  @Variable('BLOB_GRACE', duration())
  @Min(60_000)
  @Max(604_800_000)
  graceMs = 3_600_000;
}
