/** Why an expression did not parse or evaluate. The message is fit for the author of the definition. */
export class ExpressionError extends Error {
  private constructor(
    message: string,
    /** Whether a limit was hit rather than a mistake made. */
    readonly overLimit: boolean,
  ) {
    super(message);
    this.name = 'ExpressionError';
  }

  static overLimit(message: string): ExpressionError {
    return new ExpressionError(message, true);
  }

  /** Turns what jsonata threw (it throws plain objects too) into one sentence that quotes the expression. */
  static from(text: string, error: unknown): ExpressionError {
    if (error instanceof ExpressionError) return error;
    const code = field(error, 'code');
    // A RangeError is a text or a nesting too large for the engine itself.
    const overLimit =
      error instanceof RangeError || code === 'D1011' || code === 'D1012' || code === 'D2014' || code === 'D2015';
    const message = field(error, 'message') ?? 'it cannot be evaluated';
    return new ExpressionError(`${shorten(text)}: ${message}`, overLimit);
  }
}

function field(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}

function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
