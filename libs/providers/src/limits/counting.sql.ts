/** Says how a replica counts calls. $1 replica, $2 whether by itself. */
export const publishCountingSql = `
UPDATE replicas SET counts_apart = $2 WHERE id = $1 AND dead_at IS NULL AND counts_apart IS DISTINCT FROM $2`;

/**
 * An expression: the replicas that may make calls, in an order that they agree on, and whether each counts by itself. Beside them those
 * that did and died: as long as the longest window what they gave may count, and nobody else knows of it.
 */
export const countingSql = `
(SELECT json_agg(json_build_object('id', id, 'isApart', counts_apart, 'isDead', dead_at IS NOT NULL) ORDER BY id)
 FROM replicas
 WHERE counts_apart IS NOT NULL AND (dead_at IS NULL OR (counts_apart AND dead_at > now() - interval '61 minutes')))`;
