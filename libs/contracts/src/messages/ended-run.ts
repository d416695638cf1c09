import type { RunSummaryDto } from '../http/runs.dto.js';

/** What came of a run, as the statement that ended it wrote it: a line of `RunProgressed`. */
export interface EndedRun {
  run: RunSummaryDto;
  output: unknown;
}
