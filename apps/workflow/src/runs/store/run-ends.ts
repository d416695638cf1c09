import { MOST_ENDS_TEXT, type EndedRun, type RunProgressed } from '@app/contracts';
import { toRunSummary, type RunRow } from '@app/database';
import type { RunCommit } from './run-commit.js';

/** Longest end that goes over Redis, in characters of its JSON; a longer one is read from the database. */
const MOST_END = 8_192;
/** Runs that one message names. */
const MOST_TOLD = 500;

/** What became of a batch, by the ids of its runs: the row where the statement answered with it. */
export type WrittenRuns = ReadonlyMap<string, RunRow | undefined>;

/** Whether somebody waits for this end, and it is short enough to be told with the news of it. */
export function mayBeTold({ watched, next, outputJson, blobs }: RunCommit): boolean {
  return watched && next.kind === 'finish' && blobs.length === 0 && (outputJson?.length ?? 0) <= MOST_END;
}

/** What gateways are told of the runs that a batch has ended: which are over, and what came of those that `mayBeTold`. */
export function endsOf(rows: readonly RunCommit[], written: WrittenRuns): RunProgressed[] {
  const messages: RunProgressed[] = [];
  let lines: { id: string; text: string }[] = [];
  let length = 0;
  const close = (): void => {
    if (lines.length > 0) messages.push(messageOf(lines));
    [lines, length] = [[], 0];
  };
  for (const row of rows) {
    if (!row.watched || row.next.kind !== 'finish' || !written.has(row.runId)) continue;
    const text = textOf(row, written.get(row.runId));
    if (lines.length === MOST_TOLD || length + text.length > MOST_ENDS_TEXT / 2) close();
    lines.push({ id: row.runId, text });
    length += text.length;
  }
  close();
  return messages;
}

function messageOf(lines: readonly { id: string; text: string }[]): RunProgressed {
  const run_ids = lines.map(({ id }) => id);
  const hasAny = lines.some(({ text }) => text !== '');
  return hasAny ? { run_ids, ends: lines.map(({ text }) => text).join('\n') } : { run_ids };
}

/** The output is JSON already, without a line break in it. */
function textOf(row: RunCommit, shown: RunRow | undefined): string {
  if (shown === undefined || !mayBeTold(row)) return '';
  const end: Omit<EndedRun, 'output'> = { run: toRunSummary(shown) };
  const text = `${JSON.stringify(end).slice(0, -1)},"output":${row.outputJson ?? 'null'}}`;
  return text.length > MOST_END ? '' : text;
}
