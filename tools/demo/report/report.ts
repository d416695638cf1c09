import type { Checks } from '../checks.js';
import type { RunRecord } from '../runs/run-record.js';
import { kindsByBranch } from './event-kinds.js';
import { Outcome, type Account } from './outcomes.js';
import { stepTimes } from './step-times.js';
import { failures } from './failures.js';
import { section } from './section.js';
import { slowestStep, speed } from './speed.js';
import { table } from './table.js';

/** What there is to tell when all is over. */
export interface Results {
  accounts: readonly Account[];
  records: readonly RunRecord[];
  isComplete: boolean;
  checks: Checks;
  lookUps: number;
}

/** The report, as text for a terminal. */
export function report(results: Results): string {
  const { accounts, records, lookUps } = results;
  return [
    section('Runs by outcome', outcomeTable(results)),
    section('Runs by kind of event and the branch they took', kindTable(accounts)),
    ...failures(accounts),
    section(`Steps, the slowest first (${lookUps} look-ups answered by the directory)`, stepTable(records)),
    slowestStep(records),
    `${speed(records)}\n`,
    ...results.checks.lines,
  ].join('\n');
}

function outcomeTable({ accounts, isComplete }: Results): string {
  const counts = Object.values(Outcome).map(
    (outcome) => [outcome, accounts.filter((account) => account.outcome === outcome).length] as const,
  );
  const verdict = isComplete ? 'every payload accounted for' : 'NOT EVERY PAYLOAD IS ACCOUNTED FOR';
  const shown = counts.filter(([outcome, count]) => count > 0 || outcome === Outcome.Completed);
  return table(
    ['outcome', 'runs', ''],
    [...shown.map(([name, n]) => [name, n, '']), ['posted', accounts.length, verdict]],
  );
}

function kindTable(accounts: readonly Account[]): string {
  const rows = kindsByBranch(accounts).map(({ branch, posted, completed, kinds }) => [
    branch,
    posted,
    completed,
    kinds,
  ]);
  return table(['branch', 'posted', 'completed', 'kinds of event'], rows);
}

function stepTable(records: readonly RunRecord[]): string {
  const rows = stepTimes(records).map(({ path, type, count, median, p95, longest }) => [
    path,
    type,
    count,
    median,
    p95,
    longest,
  ]);
  return table(['step', 'type', 'runs', 'median ms', 'p95 ms', 'longest ms'], rows);
}
