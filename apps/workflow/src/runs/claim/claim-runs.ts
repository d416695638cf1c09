import type { Pool } from 'pg';
import type { ClaimRoom } from './claim-room.js';
import { claimRunsSql } from './claim-runs.sql.js';
import { claimedRun, type ClaimedRun, type ClaimRow } from './claimed-run.js';

/** Before every owner. */
export const FIRST_OWNER = '00000000-0000-0000-0000-000000000000';

/** What one statement has claimed. */
export interface Claimed {
  runs: ClaimedRun[];
  /** Others may be due that there was no place for. */
  isMore: boolean;
  /** After whom the next claim goes on. */
  lastOwner: string;
}

interface Row extends ClaimRow {
  last_owner: string | null;
  is_more: boolean;
}

/**
 * Claims due runs for `owner`, as many as there is room for.
 * @param after the owner of runs that had the last turn at the claim before
 */
export async function claimRuns(
  pool: Pool,
  owner: string,
  { most, ofOthers, ofHeld }: ClaimRoom,
  after = FIRST_OWNER,
): Promise<Claimed> {
  // Of the others the room says no more than `most` does.
  const held = [...ofHeld].filter(([, room]) => room < most);
  const { rows } = await pool.query<Row>({
    name: 'claim-runs',
    text: claimRunsSql,
    values: [owner, most, ofOthers, held.map(([user]) => user), held.map(([, room]) => room), after],
  });
  const [first] = rows;
  return {
    runs: rows.map((row) => claimedRun(row, owner)),
    isMore: first?.is_more === true,
    lastOwner: first?.last_owner ?? after,
  };
}
