import { AppError } from '@app/contracts';
import { problemKinds } from '../../http/problems/problem-status.js';

/** A delivery in a way in which the workflow takes none. */
export class MethodNotTaken extends AppError {
  /** @param methods that it takes, for the header Allow (RFC 9110 §15.5.6) */
  constructor(readonly methods: readonly string[]) {
    super({ code: 'METHOD_NOT_ALLOWED', kind: 'user', message: problemKinds.METHOD_NOT_ALLOWED.detail });
  }
}
