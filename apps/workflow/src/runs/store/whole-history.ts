import type { BlobReference, JournalEntry } from '@app/contracts';
import type { ClaimedRun } from '../claim/claimed-run.js';
import type { RunHistory } from './run-history.js';

/** Values that are read at a time: each may be 1 MiB. */
const AT_ONCE = 8;

/** Whether there is something to read before a run can go on. */
export function hasReferences({ inputBlob }: ClaimedRun, { entries }: RunHistory): boolean {
  return inputBlob !== undefined || entries.some((entry) => referenceOf(entry) !== undefined);
}

/**
 * A run and its history with the values that they only refer to. The references stay beside them.
 * @param read gives the value of a reference
 */
export async function whole(
  run: ClaimedRun,
  history: RunHistory,
  read: (reference: BlobReference) => Promise<unknown>,
): Promise<{ run: ClaimedRun; history: RunHistory }> {
  const entries = [...history.entries];
  const missing = entries.flatMap((entry, place) => {
    const reference = referenceOf(entry);
    return reference === undefined ? [] : [{ entry, place, reference }];
  });
  for (let first = 0; first < missing.length; first += AT_ONCE) {
    const fill = async ({ entry, place, reference }: (typeof missing)[number]): Promise<void> => {
      entries[place] = { ...entry, output: await read(reference) } as JournalEntry;
    };
    await Promise.all(missing.slice(first, first + AT_ONCE).map(fill));
  }
  const input = run.inputBlob === undefined ? run.input : await read(run.inputBlob);
  return { run: { ...run, input }, history: { ...history, entries } };
}

/** An entry as the journal keeps it: with the reference to a large output instead of the output. */
export function withoutLargeOutput(entry: JournalEntry): JournalEntry {
  if (referenceOf(entry) === undefined) return entry;
  const { output: _output, ...rest } = entry as JournalEntry & { type: 'step.completed' };
  return rest;
}

/** Where the output of an entry is when it is not in the journal. */
export function referenceOf(entry: JournalEntry): BlobReference | undefined {
  return entry.type === 'step.completed' ? entry.output_blob : undefined;
}
