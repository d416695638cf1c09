import type { RunErrorCode } from '@app/contracts';

export type EgressErrorCode = Extract<
  RunErrorCode,
  | 'CONFIG_INVALID'
  | 'EGRESS_REFUSED'
  | 'HTTP_UNREACHABLE'
  | 'HTTP_INTERRUPTED'
  | 'RESPONSE_TOO_LARGE'
  | 'TIMEOUT'
  | 'CANCELLED'
>;

/** Why a call brought no answer. */
export class EgressError extends Error {
  constructor(
    readonly code: EgressErrorCode,
    message: string,
    /**
     * False only when certainly nothing came of the request: not a byte of it reached the receiver, or the receiver
     * answered that it belongs elsewhere (see `nextHop`).
     */
    readonly mayHaveHappened: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EgressError';
  }
}
