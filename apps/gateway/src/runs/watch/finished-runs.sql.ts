import { runColumns } from '@app/database';

/**
 * Which of these runs are over, and what came of them. $1 runs, $2 the retention classes that they can be in, $3 and $4
 * the lowest and the highest of the ids, so that other partitions are not even opened; $5 the final states.
 */
export const finishedRunsSql = `
SELECT ${runColumns}, output, output_blob FROM workflow_runs
WHERE retention = ANY ($2::smallint[]) AND id = ANY ($1::uuid[]) AND id BETWEEN $3 AND $4 AND status = ANY ($5)`;
