/**
 * Gives a run back that this replica could not go on with because of an error of the platform, due again after a
 * pause. Fenced like every write. $1 run id, $2 owner, $3 epoch, $4 pause in ms.
 */
export const releaseRunSql = `
UPDATE claims SET owner = NULL, run_at = now() + $4 * interval '1 millisecond'
WHERE run_id = $1 AND owner = $2 AND epoch = $3`;

/** Gives several runs of a replica back at once, due now. $1 run ids, $2 owner. */
export const releaseRunsSql = `
UPDATE claims SET owner = NULL, run_at = now() WHERE run_id = ANY($1::uuid[]) AND owner = $2`;
