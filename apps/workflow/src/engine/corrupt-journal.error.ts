/** An entry that cannot follow what the journal said before: a bug, or a definition that does not fit the journal. */
export class CorruptJournalError extends Error {
  constructor(path: string, what: string) {
    super(`The journal does not fit at ${path}: ${what}.`);
    this.name = 'CorruptJournalError';
  }
}
