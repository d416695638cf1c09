import { sized } from '@app/testing';
import type { CrashPoint } from '../../../../apps/workflow/src/crash-points/crash-points.service.js';
import { effects, passesOf, reaches, type Effect } from '../effect-classes.js';

/** A pass of a point at which a process ends that has a run of each of these classes. */
export interface Round {
  place: string;
  classes: readonly Effect[];
}

/** At how many of its passes of a point the process ends: the second commit of a run, or of the recovery, is another one. */
export function passesAt(point: CrashPoint, certain: number): number {
  return sized({ ci: /^(commit|recover)/.test(point) ? Math.min(certain, 2) : 1, full: certain });
}

/** Classes of which one process can have a run each, and come to a pass of a point with all of them at once. */
function together(point: CrashPoint, pass: number, classes: readonly Effect[]): (readonly Effect[])[] {
  if (point.startsWith('recover')) return [classes];
  // One statement claims them. What they announce is in one commit only as a rule.
  if (point.startsWith('claim') && pass === 1) return [classes];
  return classes.map((effect) => [effect]);
}

/** The rounds of a point: each class that comes to it is in one of them for each pass. */
export function roundsOf(point: CrashPoint): Round[] {
  const reached = effects.filter((effect) => reaches(effect, point));
  const passes = (effect: Effect): number => passesAt(point, passesOf(point, effect));
  return Array.from({ length: Math.max(0, ...reached.map(passes)) }, (_, index) => index + 1).flatMap((pass) => {
    const classes = reached.filter((effect) => passes(effect) >= pass);
    return together(point, pass, classes).map((some) => ({ place: `${point}#${pass}`, classes: some }));
  });
}

/**
 * What processes leave behind, one after the other, for one that recovers it: runs with a claim, and where there is something to
 * announce, with a call, a child or a slot. The child comes last: whoever comes after it would take it on.
 */
export function leftBehind(classes: readonly Effect[]): Round[] {
  const isParent = (effect: Effect): number => Number(effect === 'transactional');
  return classes
    .toSorted((a, b) => isParent(a) - isParent(b))
    .map((effect) => ({ place: effect === 'pure' ? 'claim.after#1' : 'commit.after#1', classes: [effect] }));
}
