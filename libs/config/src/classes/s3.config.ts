import { IsOptional, Matches, Max, Min, MinLength } from 'class-validator';
import { duration } from '../parsers/duration.parser.js';
import { flag } from '../parsers/flag.parser.js';
import { text } from '../parsers/text.parser.js';
import { url } from '../parsers/url.parser.js';
import { NeededWith } from '../rules/needed-with.rule.js';
import { Variable } from '../variable.decorator.js';

/** A bucket of Amazon S3, or of anything that speaks its language, in which large values are kept instead of a folder. */
export class S3Config {
  /** The bucket. When it is set, large values are kept there, and BLOB_FOLDER is not used. */
  @Variable('BLOB_S3_BUCKET', text)
  @IsOptional()
  @MinLength(3)
  bucket?: string;

  /** Where the service is, when it is not Amazon's. */
  @Variable('BLOB_S3_ENDPOINT', url('https', 'http'), { hint: 'https://minio.internal:9000' })
  @IsOptional()
  endpoint?: string;

  /** The region of the bucket. */
  @Variable('BLOB_S3_REGION', text)
  @MinLength(1)
  region = 'us-east-1';

  /** What the names of all objects begin with, so that a bucket can be shared. */
  @Variable('BLOB_S3_PREFIX', text, { hint: 'biometrics/' })
  @Matches(/^(?:[A-Za-z0-9!_.*'()-]+\/)*$/, { message: '$property must be empty, or names that each end with a slash' })
  prefix = '';

  /** Whether the bucket is part of the path and not of the host's name, which is what most others than Amazon want. */
  @Variable('BLOB_S3_PATH_STYLE', flag)
  pathStyle = false;

  /** Id of the access key. Without it the SDK looks where it does: AWS_… variables, a role of the machine or the pod. */
  @Variable('BLOB_S3_ACCESS_KEY_ID', text, { secret: true })
  @IsOptional()
  @MinLength(1)
  accessKeyId?: string;

  /** The access key. */
  @Variable('BLOB_S3_SECRET_ACCESS_KEY', text, {
    secret: true,
    hint: 'the secret that belongs to BLOB_S3_ACCESS_KEY_ID',
  })
  @NeededWith<S3Config>('accessKeyId', 'BLOB_S3_ACCESS_KEY_ID')
  secretAccessKey?: string;

  /** Longest time that one request and its repetitions may take, and that a stream may stand still. */
  @Variable('BLOB_S3_TIMEOUT', duration())
  @Min(100)
  @Max(600_000)
  timeoutMs = 10_000;
}
