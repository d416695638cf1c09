/** Why a script is none. The message is fit for its author and names line and column. */
export class ScriptError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScriptError';
  }
}
