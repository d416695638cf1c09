/**
 * The times that the limits of accounts rest on, in ms. What holds: a call that has a permit arrives at its provider, if at
 * all, within `late` of the permit; and within `stale` of a change of who counts how, everybody has stopped counting as before.
 */
export interface LimitTimes {
  /** A call leaves within this time of asking for its permit, or not at all. */
  leave: number;
  /** `leave`, and what the network may take. */
  late: number;
  /** What was read of the other replicas counts for so long. */
  stale: number;
  /** What is given by others, or was before, has arrived after this time; then it counts for one window more. */
  settle: number;
  /** Redis is away when it has not answered for so long. */
  away: number;
  /** Redis is not asked again so soon after an answer. */
  ask: number;
}

const LEAVE_MS = 3_000;
const TRANSIT_MS = 1_000;
const AWAY_MS = 3_000;
/** Leaves room for two questions that come to nothing, before Redis is away. */
const ASK_MS = 750;
/** A permit may be on its way from Redis when what was read becomes stale. */
const MARGIN_MS = 500;

/** @param pollMs how often a process reads what the others do */
export function limitTimes(pollMs: number): LimitTimes {
  const late = LEAVE_MS + TRANSIT_MS;
  const stale = Math.max(4 * pollMs, 1_000);
  return { leave: LEAVE_MS, late, stale, settle: stale + late + MARGIN_MS, away: AWAY_MS, ask: ASK_MS };
}
