import { Outcome, type Account } from './outcomes.js';

/** Payloads that took the same way through the workflow's switch. */
export interface BranchKinds {
  /** Id of the step that summarised them; '-' for those that did not come so far. */
  branch: string;
  posted: number;
  completed: number;
  /** Kinds of event with the number of payloads of each. */
  kinds: string;
}

/** The container whose inner steps tell which way a run took. */
const SWITCH = 'summary.';

/** The kinds of event by the branch that their runs took, as the runs' own steps say. */
export function kindsByBranch(accounts: readonly Account[]): BranchKinds[] {
  const branches = groupBy(accounts, branchOf);
  return [...branches].map(([branch, members]) => ({
    branch,
    posted: members.length,
    completed: members.filter(({ outcome }) => outcome === Outcome.Completed).length,
    kinds: [...groupBy(members, ({ receipt }) => receipt.delivery.event)]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([event, { length }]) => `${event} ${length}`)
      .join(', '),
  }));
}

function branchOf({ record }: Account): string {
  const inner = record?.steps.filter(({ path }) => path.startsWith(SWITCH)) ?? [];
  return inner.at(-1)?.step_id ?? '-';
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
