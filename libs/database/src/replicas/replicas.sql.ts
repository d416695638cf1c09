/**
 * Replicas and their leases. A lease belongs to a process, not to a run or a job: renewing costs one row a second
 * however much is under way. PostgreSQL's clock alone decides.
 */

/** Registers a process under a new id. $1 id, $2 service, $3 host, $4 pid, $5 lease in ms. */
export const registerReplicaSql = `
INSERT INTO replicas (id, service, host, pid, lease_until)
VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')`;

/** Renews a lease. No row back means: declared dead, and a dead id never comes back. $1 id, $2 lease in ms. */
export const renewLeaseSql = `
UPDATE replicas SET lease_until = clock_timestamp() + $2 * interval '1 millisecond', updated_at = now()
WHERE id = $1 AND dead_at IS NULL
RETURNING id`;

/** Gives a lease up: from here on the replica's claims are free. $1 id. */
export const giveUpLeaseSql = `UPDATE replicas SET dead_at = now(), updated_at = now() WHERE id = $1 AND dead_at IS NULL`;

/** An expression: whether {@link declareDeadSql} finds something. */
export const hasSilentReplicasSql = `EXISTS (SELECT FROM replicas WHERE dead_at IS NULL AND lease_until < clock_timestamp())`;

/** Declares every replica dead whose lease has run out. Any replica may do it for all. */
export const declareDeadSql = `
UPDATE replicas SET dead_at = now(), updated_at = now()
WHERE dead_at IS NULL AND lease_until < clock_timestamp()
RETURNING id, service`;
