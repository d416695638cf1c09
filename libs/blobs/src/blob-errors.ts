import { AppError } from '@app/contracts';

/** The account may not keep another value. */
export class BlobQuotaError extends AppError {
  /** @param quota bytes */
  constructor(quota: number) {
    super({
      code: 'QUOTA_EXCEEDED',
      kind: 'user',
      message:
        `The large inputs and outputs of your account's runs may take ${quota} bytes (QUOTA_BLOB_BYTES), and this one ` +
        'would not fit. Delete runs that you do not need any more (DELETE /api/v1/runs/:id), then try again.',
    });
    this.name = 'BlobQuotaError';
  }
}

/** A value is kept in blob storage and cannot be read from there now: nothing is lost by that. */
export class UnreadableValueError extends AppError {
  constructor(cause: unknown) {
    const message = 'A large value of the run cannot be read from blob storage at the moment.';
    super({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: 10, cause });
    this.name = 'UnreadableValueError';
  }
}
