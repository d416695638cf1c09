import { S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from '@app/config';

/** A connection that does not stand by then is tried again. */
const CONNECT_WITHIN_MS = 2_000;
/** Of one request: the first and its repetitions, with the SDK's pauses between them. */
const MOST_ATTEMPTS = 3;

/** A client for the bucket that the configuration names. */
export function s3Client(config: S3Config): S3Client {
  const { endpoint, region, pathStyle, accessKeyId, secretAccessKey, timeoutMs } = config;
  return new S3Client({
    region,
    forcePathStyle: pathStyle,
    maxAttempts: MOST_ATTEMPTS,
    // The checksums that the SDK adds by itself are unknown to many others than Amazon. What is sent is hashed by the signature
    // and what is read by whoever refers to it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Whoever asks has a deadline of its own. One of the socket's would end the body of an answer whose reader takes its time.
    requestHandler: { connectionTimeout: Math.min(CONNECT_WITHIN_MS, timeoutMs) },
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  });
}
