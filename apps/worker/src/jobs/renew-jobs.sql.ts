/**
 * Renews the lease of everything a replica works at, and reads which of it is to be cancelled. What does not come
 * back is no longer the replica's. $1 owner, $2 jobs, $3 their epochs, $4 lease in ms.
 */
export const renewJobsSql = `
UPDATE jobs SET lease_until = clock_timestamp() + $4 * interval '1 millisecond'
FROM unnest($2::uuid[], $3::integer[]) AS held (id, epoch)
WHERE jobs.id = held.id AND jobs.epoch = held.epoch AND jobs.owner = $1 AND jobs.status = 'running'
RETURNING jobs.id, jobs.cancel_requested_at IS NOT NULL AS cancelled`;
