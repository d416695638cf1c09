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
let queue: Promise<void> = Promise.resolve();
/** For those who are evaluated at once, and have to wait; undefined when none has. */
let nextTurn: Promise<void> | undefined;

/**
 * To be asked between two steps of an expression.
 * @returns what to wait for when this turn of the event loop has been long enough, for all expressions together; they go
 * on one in a turn
 * @throws ExpressionError when this one has held the processor for too long
 */
export function pauseDue(evaluation: Evaluation): Promise<void> | undefined {
  if (evaluation === atWork && evaluation.taken - takenBefore < STEPS_A_LOOK) return undefined;
  const heldFor = look(evaluation);
  evaluation.inTime();
  if (heldFor < SLICE_MS) return undefined;
  account(0);
  atWork = undefined;
  queue = queue.then(() => new Promise((resolve) => setImmediate(() => resolve(void look(evaluation)))));
  return queue;
}

/**
 * Gives the time since the last reading to the evaluation that was at work in it; from here it is `evaluation`. So short
 * pieces of many that overlap are given to some of them; whoever works long is given what it took. What counts is the time of
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
  const now = account(READING_MS);
  atWork = undefined;
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

function endTurn(): void {
  account(READING_MS);
  begunAt = undefined;
  atWork = undefined;
}
