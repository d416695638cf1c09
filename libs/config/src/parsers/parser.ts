/** Turns a variable's text into a value. */
export interface Parser<T> {
  /** What the text has to be, as it stands in "expected …": `a whole number`. */
  readonly expects: string;
  /** The value, or undefined when the text is not one. */
  parse(text: string): T | undefined;
  /** How a value is written in a variable: the inverse of `parse`, for documents and messages. */
  write(value: T): string;
  /** Whether `NAME=` is a value of its own, the empty list; otherwise it counts as not set. */
  readonly takesEmpty?: true;
}
