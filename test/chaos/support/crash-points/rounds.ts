import { sized } from '@app/testing';
import type { CrashPoint } from '../../../../apps/workflow/src/crash-points/crash-points.service.js';
import { effects, passesOf, reaches, type Effect } from '../effect-classes.js';

/** A pass of a point at which a process ends that has a run of each of these classes, all of them at the point at once. */
export interface Round {
  place: string;
  classes: readonly Effect[];
  /** How many runs come to the point, when they are others than those of the classes. */
  runs?: number;
}

/** At how many of its passes of a point the process ends: the second commit of a run, or of the recovery, is another one. */
export function passesAt(point: CrashPoint, certain: number): number {
  return sized({ ci: /^(commit|recover)/.test(point) ? Math.min(certain, 2) : 1, full: certain });
}

/** The rounds of a point: each class that comes to it is in one of them for each pass. */
export function roundsOf(point: CrashPoint): Round[] {
  const reached = effects.filter((effect) => reaches(effect, point));
  const passes = (effect: Effect): number => passesAt(point, passesOf(point, effect));
  return Array.from({ length: Math.max(0, ...reached.map(passes)) }, (_, index) => index + 1).map((pass) => ({
    place: `${point}#${pass}`,
    classes: reached.filter((effect) => passes(effect) >= pass),
  }));
}

/**
 * Where the process of a round ends, as it counts. One statement brings all its runs to a point, but each has a call of its own:
 * there it ends when the last of them has come. And it looks for children that are over once when it starts.
 */
export function endsAt({ place, classes, runs = classes.length }: Round): string {
  const [point, pass] = place.split('#');
  if (/^(call|probe)/.test(place)) return `${point}#${Number(pass) * runs}`;
  return point === 'deliver.before' ? `${point}#${Number(pass) + 1}` : place;
}

/**
 * What processes leave behind, one after the other, for one that recovers it: runs with a claim, and where there is something to
 * announce, with a call, a child or a slot. The child comes last: whoever comes after it would take it on.
 */
export function leftBehind(classes: readonly Effect[]): Round[] {
  const announced = classes.filter((effect) => effect !== 'pure');
  return [
    { place: 'claim.after#1', classes: classes.filter((effect) => effect === 'pure') },
    { place: 'commit.after#1', classes: announced },
  ];
}
