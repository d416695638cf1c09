import { mayBeTold } from '../run-ends.js';
import type { CommitPart } from './commit-part.js';

/** Ends that somebody waits for: the statement says what the rows of its runs have become, so that nobody has to read them. */
export const ends: CommitPart = {
  name: 'ends',
  concerns: mayBeTold,
  sql: () => '',
  values: () => [],
};
