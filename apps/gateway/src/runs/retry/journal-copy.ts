import { StepStatus, stepIdOf, stepViews, type JournalEntry } from '@app/contracts';
import type { Equality } from './equal-steps.js';

/**
 * The part of a run's journal that another run can begin with: what is done and the same in the version it runs.
 *
 * A journal may be folded up to any of its entries, and without a step that has begun and not ended, as if it had not
 * begun. So steps that failed, were stopped or differ are left out, and with the end of the first of them the copy ends: what
 * came after may have followed from it. Only what had begun before and was done later is still taken.
 * @param entries all of the run, oldest first
 * @param equal which steps are the same in the version that the copy is for
 * @param now ms since 1970: from when the times of containers that are entered again count
 */
export function journalCopy(
  entries: readonly JournalEntry[],
  equal: ReadonlyMap<string, Equality>,
  now: number,
): JournalEntry[] {
  const done = donePaths(entries, equal);
  const containers = new Set(entries.filter(({ type }) => type === 'step.entered').map(({ path }) => path));
  const begun = new Set<string>();
  const copy: JournalEntry[] = [];
  let isCut = false;
  for (const entry of entries) {
    const { path } = entry;
    const isDone = done.has(path) || ancestorsOf(path).some((container) => done.has(container));
    if (isCut) {
      if (isDone && begun.has(path) && !containers.has(path)) copy.push(entry);
      continue;
    }
    if (isDone) {
      copy.push(entry);
      begun.add(path);
    } else if (containers.has(path) && equal.has(stepIdOf(path)) && !endsStep(entry)) {
      copy.push(entry.type === 'step.entered' ? { ...entry, at: now } : entry);
    } else isCut = endsStep(entry);
  }
  return copy;
}

/** Paths of the steps that are over, that the run went on after, and that are the same with all that is inside. */
function donePaths(entries: readonly JournalEntry[], equal: ReadonlyMap<string, Equality>): ReadonlySet<string> {
  const last = new Map(entries.map((entry) => [entry.path, entry]));
  const done = stepViews(entries).filter(({ path, step_id, status }) => {
    const same = equal.get(step_id);
    if (same?.isWhole !== true) return false;
    if (status === StepStatus.Completed || status === StepStatus.Skipped) return true;
    const end = last.get(path);
    if (end?.type === 'step.resolved') return status === StepStatus.Failed && same.handlesFailure;
    return end?.type === 'step.failed' && end.handled === true;
  });
  return new Set(done.map(({ path }) => path));
}

/** Whether what comes after an entry may follow from a step's being over. */
function endsStep(entry: JournalEntry): boolean {
  switch (entry.type) {
    case 'step.completed':
    case 'step.skipped':
    case 'step.cancelled':
      return true;
    case 'step.failed':
      return entry.retry_at === undefined;
    case 'step.resolved':
      return entry.outcome !== 'retry';
    case 'step.started':
    case 'step.entered':
    case 'step.waiting':
    case 'step.iterated':
    case 'step.in_doubt':
    case 'step.pinned':
      return false;
  }
}

/** The containers around a path: `a.each[3].send` is in `a` and `a.each`. */
function ancestorsOf(path: string): string[] {
  const steps = path.split('.');
  return steps.slice(0, -1).map((_, i) =>
    steps
      .slice(0, i + 1)
      .join('.')
      .replace(/\[\d+\]$/, ''),
  );
}
