import { readFileSync, rmSync } from 'node:fs';

/**
 * Named places before and after the writes that take runs forward and around every call that leaves the engine; which write
 * has which, and why some have none, is listed in writes-and-points.spec.ts. A test ends the process at one of them with
 * kill -9, or stops it there past its lease, to show what becomes of the run. A place that is added here needs its case
 * there: test/chaos/crash-points.chaos-spec.ts and stop-points.chaos-spec.ts go through this list.
 */
export const crashPoints = [
  /** Runs are about to be claimed: nothing is written. */
  'claim.before',
  /** Runs are claimed, and this process knows. */
  'claim.after',
  /** Runs are claimed that need a slot, and are about to wait for it. */
  'queue.before',
  /** They wait, and this process has not acted on it. */
  'queue.after',
  /** Runs are about to get their slots. */
  'slot.before',
  /** They have them and are claimed, and this process knows. */
  'slot.after',
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
  /** A job that a run waits for may be over, and that run is about to be told. */
  'job.before',
  /** It is told. */
  'job.after',
  /** A run that nobody waits for any more is about to be asked to end. */
  'cancel.before',
  /** It is asked. */
  'cancel.after',
  /** The receiver is about to be asked whether a call has happened. */
  'probe.before',
  /** It has answered, and nobody has written it down. */
  'probe.after',
  /** The next of the statements is about to be sent that declare replicas dead and free what they held. */
  'recover.before',
  /** It is done, and the one after it has not been sent. */
  'recover.after',
  /** Events are about to be dispatched, in one transaction: runs started, waits woken, deliveries promised. */
  'dispatch.before',
  /** They are dispatched. */
  'dispatch.after',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

const isTest = process.env['ENVIRONMENT'] === 'test';
/** `<point>#<n>`: end this process when it comes to the point for the n-th time. Only in tests. */
let armed = isTest ? process.env['CRASH_AT'] : undefined;
/** A file that may come to hold `<point>#<n>`: stop this process there, once, until it is told to go on. Only in tests. */
const stopFile = isTest ? process.env['STOP_AT_FILE'] : undefined;
let passed = 0;
let asked = '';
let passedSinceAsked = 0;

/** Asks for what CRASH_AT asks for, counted from now on: for a process that has something else to do before. Only in tests. */
export function crashAt(place: string): void {
  if (!isTest) return;
  armed = place;
  passed = 0;
}

/** Ends or stops this process here if a test asked for it. Costs two comparisons otherwise. */
export function crashPoint(point: CrashPoint): void {
  if (armed?.startsWith(`${point}#`) === true) endAtLast(point);
  if (stopFile !== undefined) stopIfAsked(point, stopFile);
}

function endAtLast(point: CrashPoint): void {
  passed += 1;
  if (armed !== `${point}#${passed}`) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal may arrive a moment later: nothing more is done until then.
  for (;;);
}

function stopIfAsked(point: CrashPoint, file: string): void {
  const wanted = read(file);
  if (!wanted.startsWith(`${point}#`)) return;
  if (wanted !== asked) [asked, passedSinceAsked] = [wanted, 0];
  passedSinceAsked += 1;
  if (wanted !== `${point}#${passedSinceAsked}`) return;
  asked = '';
  // Without the file the test knows that the process has come here; a signal to oneself is there when `kill` returns.
  rmSync(file);
  process.kill(process.pid, 'SIGSTOP');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
