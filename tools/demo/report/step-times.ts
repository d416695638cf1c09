import { StepStatus, type RunStepDto } from '@app/contracts';
import type { RunRecord } from '../runs/run-record.js';

/** How long a step took over all runs, from its first attempt to its end, in ms. */
export interface StepTimes {
  path: string;
  type: string;
  /** Runs in which it ran. */
  count: number;
  median: number;
  p95: number;
  longest: number;
}

/** The times of each step, the one with the longest median first. */
export function stepTimes(records: readonly RunRecord[]): StepTimes[] {
  const steps = new Map<string, { type: string; times: number[] }>();
  for (const step of records.flatMap((record) => record.steps)) {
    const ms = duration(step);
    if (ms === undefined) continue;
    const known = steps.get(step.path) ?? { type: step.type, times: [] };
    known.times.push(ms);
    steps.set(step.path, known);
  }
  return [...steps].map(([path, { type, times }]) => summary(path, type, times)).sort((a, b) => b.median - a.median);
}

function duration({ status, started_at, completed_at }: RunStepDto): number | undefined {
  if (status === StepStatus.Skipped || started_at === null || completed_at === null) return undefined;
  return Date.parse(completed_at) - Date.parse(started_at);
}

function summary(path: string, type: string, times: number[]): StepTimes {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { path, type, count: sorted.length, median: at(0.5), p95: at(0.95), longest: at(1) };
}
