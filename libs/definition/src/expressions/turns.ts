import { processorTime } from './processor-time.js';

/** How long expressions may hold the event loop before everything else of the process has its turn, in ms. */
const SLICE_MS = 10;
/** Steps of one evaluation between two looks at the clock; they take about 0.1 ms. */
const STEPS_A_LOOK = 128;
/** How often the time of the processor is read, in ms: a reading takes some µs. */
const READING_MS = 1;

/** What an evaluation says of itself here, and is told. */
export interface Evaluation {
  /** Steps that it has taken. */
  readonly taken: number;
  /** It has held the processor for so many ms more. */
  hold: (ms: number) => void;
  /** @throws ExpressionError when it has held it for too long */
  inTime: () => void;
}

/** When an expression first took a step in this turn of the event loop; undefined before. */
let begunAt: number | undefined;
/** Whose work what has passed since the last reading is; undefined when it is nobody's. */
let atWork: Evaluation | undefined;
/** Steps that it had taken when the clock was last looked at. */
let takenBefore = 0;
/** The last reading of the processor's time, in ms, and when it was. */
let processorAt = 0;
let readAt = 0;
/** The one evaluation that goes on. If several did, step by step, their time could not be told apart. */
let running: Evaluation | undefined;
/** Those that wait to begin, or to go on, the first of them next. */
const waiting = new Map<Evaluation, { begun: Promise<void>; begin: () => void }>();
/** For those who are evaluated at once, and have to wait; undefined when none has. */
let nextTurn: Promise<void> | undefined;

/**
 * To be asked before the first step of an evaluation, and between two.
 * @returns what to wait for when another is under way, or when this turn of the event loop has been long enough, for all
 * expressions together; they go on one in a turn
 * @throws ExpressionError when this one has held the processor for too long
 */
export function pauseDue(evaluation: Evaluation): Promise<void> | undefined {
  if (evaluation === atWork && evaluation.taken - takenBefore < STEPS_A_LOOK) return undefined;
  running ??= evaluation;
  if (running !== evaluation) return wait(evaluation);
  const heldFor = look(evaluation);
  evaluation.inTime();
  if (heldFor < SLICE_MS) return undefined;
  const turn = wait(evaluation);
  stop(evaluation);
  return turn;
}

/** To be said when an evaluation is over, however it ended: the next one goes on. */
export function leave(evaluation: Evaluation): void {
  waiting.delete(evaluation);
  stop(evaluation);
}

function stop(evaluation: Evaluation): void {
  if (atWork === evaluation) {
    account(0);
    atWork = undefined;
  }
  if (running !== evaluation) return;
  running = undefined;
  if (waiting.size === 0) return;
  if (performance.now() - turnBegunAt() < SLICE_MS) goOn();
  else setImmediate(goOn);
}

function goOn(): void {
  if (running !== undefined) return;
  for (const [next, { begin }] of waiting) {
    waiting.delete(next);
    running = next;
    look(next);
    begin();
    return;
  }
}

/** An evaluation that does several things side by side waits with all of them. */
function wait(evaluation: Evaluation): Promise<void> {
  const already = waiting.get(evaluation);
  if (already !== undefined) return already.begun;
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  waiting.set(evaluation, { begun, begin });
  return begun;
}

/**
 * Gives the time since the last reading to the evaluation that was at work in it; from here it is `evaluation`. So short
 * pieces of many are given to some of them; whoever works long is given what it took. What counts is the time of
 * the processor: waiting for one is nobody's work.
 * @returns ms for which expressions have held the event loop in this turn
 */
export function look(evaluation: Evaluation): number {
  const begun = turnBegunAt();
  const now = account(READING_MS);
  atWork = evaluation;
  takenBefore = evaluation.taken;
  return now - begun;
}

/**
 * To be asked before an expression that is evaluated at once. It is too short to be held to its time, and no other is held to it.
 * @returns what to wait for when this turn of the event loop has been long enough; all who wait go on in the next one, and
 * have to ask again
 */
export function turnDue(): Promise<void> | undefined {
  const begun = turnBegunAt();
  const now = settled();
  if (now - begun < SLICE_MS) return undefined;
  nextTurn ??= new Promise((resolve) => {
    setImmediate(() => {
      nextTurn = undefined;
      resolve();
    });
  });
  return nextTurn;
}

function turnBegunAt(): number {
  if (begunAt === undefined) {
    begunAt = performance.now();
    setImmediate(endTurn);
  }
  return begunAt;
}

/** @param least ms that have to have passed since the last reading */
function account(least: number): number {
  const now = performance.now();
  if (now - readAt < least) return now;
  const processor = processorTime();
  atWork?.hold(processor - processorAt);
  readAt = now;
  processorAt = processor;
  return now;
}

/** What comes now is nobody's work. A reading, which is a call of the system, is only made where it was somebody's so far. */
function settled(): number {
  if (atWork === undefined) return performance.now();
  const now = account(READING_MS);
  atWork = undefined;
  return now;
}

/** An evaluation waits for nothing but its turn, so one that is still running now never ends: it must not stop the others. */
function endTurn(): void {
  settled();
  begunAt = undefined;
  running = undefined;
  goOn();
}
