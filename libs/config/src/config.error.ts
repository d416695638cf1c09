/**
 * The configuration holds mistakes. `message` has one line for each: the variable, its value unless it is a secret,
 * and what to do about it. A process prints it and ends with exit code 1.
 */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}
