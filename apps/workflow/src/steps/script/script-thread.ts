import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { SANDBOX_PRELUDE, SANDBOX_THREAD, type ScriptOutcome, type ScriptQuestion } from './sandbox-thread.js';

/** What the thread itself needs. The memory of a sandbox is WebAssembly's and has its own limit. */
const MEMORY = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };
/** Longest time for a thread to come up, in ms. */
const START_MS = 20_000;
/** How long past its limit a script has to say that it is over, as a share of it; then its thread is ended. */
const GRACE = 0.5;

/**
 * A thread in which scripts run one after the other. A built-in that goes on and on does not notice that the script's
 * time is up; then the thread is ended, and this object with it.
 */
export class ScriptThread {
  private worker: Promise<Worker> | undefined = started();

  /** Whether it can be asked again. */
  get isAlive(): boolean {
    return this.worker !== undefined;
  }

  /**
   * Runs one script; never two at a time.
   * @throws whatever the signal says when it aborts, Error when the thread itself fails
   */
  async ask(question: ScriptQuestion, signal: AbortSignal): Promise<ScriptOutcome> {
    const worker = await this.worker?.catch(async (error: unknown) => {
      await this.terminate();
      throw error;
    });
    if (worker === undefined) throw new Error('The thread for scripts has ended.');
    const answer = signal.aborted
      ? 'stopped'
      : await answerOf(worker, question, question.limitMs * (1 + GRACE), signal);
    if (answer === 'late' || answer === 'stopped' || answer === 'gone') await this.terminate();
    signal.throwIfAborted();
    if (answer === 'late') return { limit: 'time' };
    if (answer === 'gone') throw new Error('The thread for scripts has ended.');
    if (typeof answer === 'object' && answer !== null && 'broken' in answer) {
      throw new Error(`The sandbox for scripts does not start: ${String(answer.broken)}`);
    }
    return answer as ScriptOutcome;
  }

  async terminate(): Promise<void> {
    const worker = await this.worker?.catch(() => undefined);
    this.worker = undefined;
    await worker?.terminate();
  }
}

async function started(): Promise<Worker> {
  const require = createRequire(import.meta.url);
  const worker = new Worker(SANDBOX_THREAD, {
    eval: true,
    // Nothing that a script can make its interpreter print is of use to anybody.
    stdout: true,
    stderr: true,
    env: {},
    resourceLimits: MEMORY,
    workerData: {
      core: require.resolve('quickjs-emscripten-core'),
      variant: require.resolve('@jitl/quickjs-wasmfile-release-sync'),
      wasm: require.resolve('@jitl/quickjs-wasmfile-release-sync/wasm'),
      prelude: SANDBOX_PRELUDE,
    },
  });
  worker.on('error', () => undefined);
  if ((await answerOf(worker, undefined, START_MS)) === 'ready') return worker;
  await worker.terminate();
  throw new Error('The thread for scripts does not start.');
}

/** What the thread says next, or that it says nothing in time, that it is gone, or that nobody wants to know any more. */
async function answerOf(
  worker: Worker,
  question: ScriptQuestion | undefined,
  limitMs: number,
  signal?: AbortSignal,
): Promise<unknown> {
  worker.ref();
  const answer = await new Promise<unknown>((resolve) => {
    const end = (value: unknown) => {
      clearTimeout(timer);
      worker.off('message', end).off('exit', gone);
      signal?.removeEventListener('abort', stop);
      resolve(value);
    };
    const gone = () => end('gone');
    const stop = () => end('stopped');
    const timer = setTimeout(() => end('late'), limitMs);
    worker.on('message', end).on('exit', gone);
    signal?.addEventListener('abort', stop);
    if (question !== undefined) worker.postMessage(question);
  });
  // Nobody waits for an idle thread: it ends with the process.
  worker.unref();
  return answer;
}
