import type { RunErrorCode } from '@app/contracts';

export type EgressErrorCode = Extract<
  RunErrorCode,
  'EGRESS_REFUSED' | 'HTTP_UNREACHABLE' | 'HTTP_INTERRUPTED' | 'RESPONSE_TOO_LARGE' | 'TIMEOUT' | 'CANCELLED'
>;

/** Why a call brought no answer. */
export class EgressError extends Error {
  constructor(
    readonly code: EgressErrorCode,
    message: string,
    /** False only when certainly not a byte of the request reached the receiver. */
    readonly mayHaveHappened: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EgressError';
  }
}
