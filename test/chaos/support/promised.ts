import { sized } from '@app/testing';

/** A machine that does other things meanwhile is not slower than this. */
const SLACK_IN_CI = 4;

/** A promised deadline in ms: as it is promised in full size, four times as long on a machine that is shared. */
export function promised(ms: number): number {
  return sized({ full: ms, ci: SLACK_IN_CI * ms });
}
