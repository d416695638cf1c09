import { AppError, type RunError, type RunErrorCode } from '@app/contracts';
import { storable } from '@app/database';
import { ExpressionError } from '@app/definition';

/** Why an attempt of a step brought no output. */
export class StepFailure extends Error {
  /** As it can be kept, whatever a receiver or a script said. */
  readonly error: RunError;

  constructor(
    error: RunError,
    readonly options: {
      /** Whether another attempt can end differently. */
      retryable: boolean;
      /** Whether the effect may have happened although there is no output. */
      mayHaveHappened: boolean;
      /** The receiver asked to wait this long, in ms. */
      retryAfterMs?: number;
    },
  ) {
    super(error.message);
    this.error = storable(error);
    this.name = 'StepFailure';
  }

  /** A mistake in the definition or the data: trying again would end the same way, and nothing was called. */
  static permanent(code: RunErrorCode, message: string): StepFailure {
    return new StepFailure({ code, message }, { retryable: false, mayHaveHappened: false });
  }

  /** What any error that a step threw means. An error nobody expected is a bug of ours. */
  static from(error: unknown): StepFailure {
    if (error instanceof StepFailure) return error;
    if (error instanceof ExpressionError) {
      return StepFailure.permanent(error.overLimit ? 'EXPRESSION_LIMIT' : 'EXPRESSION_FAILED', error.message);
    }
    const message = error instanceof AppError ? error.message : 'The step failed because of an error of the platform.';
    return new StepFailure({ code: 'STEP_CRASHED', message }, { retryable: true, mayHaveHappened: true });
  }
}
