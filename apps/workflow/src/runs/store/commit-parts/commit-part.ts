import type { RunCommit } from '../run-commit.js';

/**
 * Something that a commit of runs does only for some of them. Most batches have to do with none of it, and PostgreSQL neither
 * plans nor opens what it would need: that costs more than all the rest.
 */
export interface CommitPart {
  /** In the name that a statement is prepared under. */
  name: string;
  readonly concerns: (row: RunCommit) => boolean;
  /**
   * Common table expressions that follow `written`, each with a comma before it.
   * @param first number of the first parameter
   */
  sql(first: number): string;
  /** Its parameters, from all rows of the batch. */
  values(rows: readonly RunCommit[]): unknown[];
}
