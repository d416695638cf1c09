/**
 * A local server could not be started for a reason that its user can act on.
 * `message` is one sentence that says what is wrong and what to do about it; it is shown without a stack.
 */
export class ServerError extends Error {
  override readonly name = 'ServerError';
}
