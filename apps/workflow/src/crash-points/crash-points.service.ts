/**
 * Named places before and after every write of the engine and around every call that leaves it. A test ends the process
 * at one of them, with kill -9, to show what becomes of the run. A place that is added here needs its case there:
 * test/chaos/crash-points.chaos-spec.ts goes through this list.
 */
export const crashPoints = [
  /** Runs are about to be claimed: nothing is written. */
  'claim.before',
  /** Runs are claimed, and this process knows. */
  'claim.after',
  /** Entries are about to be committed: an announcement, a wait, a result, the end. */
  'commit.before',
  /** They are committed, and this process has not acted on it. */
  'commit.after',
  /** The announcement is durable, and the call has not left. */
  'call.before',
  /** The receiver has answered, and nobody has written it down. */
  'call.after',
  /** A run that another one waits for is over, and that one is about to be told. */
  'deliver.before',
  /** It is told. */
  'deliver.after',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** `<point>#<n>`: end this process when it comes to the point for the n-th time. Only in tests. */
const armed = process.env['ENVIRONMENT'] === 'test' ? process.env['CRASH_AT'] : undefined;
let passed = 0;

/** Ends this process here if a test asked for it. Costs a comparison otherwise. */
export function crashPoint(point: CrashPoint): void {
  if (armed === undefined || !armed.startsWith(`${point}#`)) return;
  passed += 1;
  if (armed !== `${point}#${passed}`) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal may arrive a moment later: nothing more is done until then.
  for (;;);
}
