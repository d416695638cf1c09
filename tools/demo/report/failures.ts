import { Outcome, type Account } from './outcomes.js';
import { section } from './section.js';
import { table } from './table.js';

const MOST_ROWS = 10;

/** The first payloads that did not end well, each with the reason; no section when all did. */
export function failures(accounts: readonly Account[]): string[] {
  const failed = accounts.filter(({ outcome }) => outcome !== Outcome.Completed);
  if (failed.length === 0) return [];
  const shown = failed.slice(0, MOST_ROWS);
  const title = `Not completed${failed.length > shown.length ? `, the first ${shown.length} of ${failed.length}` : ''}`;
  const rows = shown.map((account) => {
    const { outcome, receipt } = account;
    return [receipt.delivery.event, outcome, receipt.runId ?? '-', reasonOf(account)];
  });
  return [section(title, table(['event', 'outcome', 'run', 'why'], rows))];
}

function reasonOf({ receipt, record }: Account): string {
  if (record === undefined) return `the hook answered ${receipt.status}`;
  const { error } = record.run;
  if (error !== null) return `${error.step_id ?? 'run'}: ${error.code} ${error.message}`;
  const last = record.steps.at(-1);
  return last === undefined ? 'no step has begun' : `${last.path} is ${last.status}`;
}
