/**
 * What a commit of runs does besides when their workflows limit them.
 *
 * Guarantees: a slot is given up exactly when the claim is, by the one who took it; what another one left behind, who may
 * have a call open, stays. It locks no row of another run: whoever lets runs in removes what is marked here.
 *
 * First parameter: the runs that have no more use for their slots; second: those that keep them while they wait.
 */
export function slotParts(first: number): string {
  const isOurs =
    's.run_id = w.run_id AND s.held_until IS NULL AND (s.owner IS NULL OR (s.owner = $1 AND s.epoch = w.epoch))';
  return `,
freed_slots AS (
  UPDATE run_slots s SET freed = true FROM written w WHERE ${isOurs} AND w.run_id = ANY($${first}::uuid[])
),
kept_slots AS (
  UPDATE run_slots s SET owner = NULL FROM written w WHERE ${isOurs} AND w.run_id = ANY($${first + 1}::uuid[])
)`;
}
