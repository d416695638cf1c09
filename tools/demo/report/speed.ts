import type { RunRecord } from '../runs/run-record.js';
import { stepTimes } from './step-times.js';

/** The step that takes the longest. A container is as slow as what is in it, so it does not count. */
export function slowestStep(records: readonly RunRecord[]): string {
  const slowest = stepTimes(records).find(({ type }) => type !== 'switch');
  if (slowest === undefined) return 'No step has ended.';
  return `Slowest step: ${slowest.path} (${slowest.type}), half of them take ${slowest.median} ms or more.`;
}

/** Runs per second by the platform's own times, from the first acceptance to the last end. The first run went alone. */
export function speed(records: readonly RunRecord[]): string {
  const [, ...others] = records.map(({ run }) => run).sort((a, b) => (a.id < b.id ? -1 : 1));
  const ends = others.flatMap(({ completed_at }) => (completed_at === null ? [] : [Date.parse(completed_at)]));
  const [first] = others;
  if (first === undefined || ends.length === 0) return 'Too few runs to tell a speed.';
  const seconds = (Math.max(...ends) - Date.parse(first.created_at)) / 1_000;
  return `${ends.length} runs in ${seconds.toFixed(1)} s: ${(ends.length / seconds).toFixed(1)} runs per second.`;
}
