import type { RunCommit } from './run-commit.js';

/** Whether a run's commit has to do with events. */
export function hasEvents({ events, eventWaits, unwanted }: RunCommit): boolean {
  return events.length > 0 || eventWaits.length > 0 || unwanted.eventWaits.length > 0;
}

/** About how many characters events and waits of a commit are. */
export function sizeOfEvents({ events, eventWaits }: Pick<RunCommit, 'events' | 'eventWaits'>): number {
  return events.length + eventWaits.length === 0 ? 0 : JSON.stringify([events, eventWaits]).length;
}

/** The parameters of `eventParts`. */
export function eventValues(rows: readonly RunCommit[]): unknown[] {
  return [
    JSON.stringify(rows.flatMap((row) => row.events.map((event) => ({ ...event, ...ownerOf(row) })))),
    JSON.stringify(rows.flatMap((row) => row.eventWaits.map((wait) => ({ ...wait, ...ownerOf(row) })))),
    rows.flatMap(({ unwanted }) => (unwanted.eventWaits === 'all' ? [] : unwanted.eventWaits)),
    rows.filter(({ unwanted }) => unwanted.eventWaits === 'all').map(({ runId }) => runId),
  ];
}

function ownerOf({ runId, userId }: RunCommit): { run_id: string; user_id: string } {
  return { run_id: runId, user_id: userId };
}
