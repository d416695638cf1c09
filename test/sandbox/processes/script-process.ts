import 'reflect-metadata';
import { compileDefinition, standardBounds } from '@app/definition';
import { scriptRunner } from '../../../apps/workflow/src/steps/script/script.runner.js';
import { ScriptThreads } from '../../../apps/workflow/src/steps/script/script-threads.js';
import { StepFailure, type PureResult, type StepContext } from '../../../apps/workflow/src/steps/steps.service.js';

/** What a process with scripts in it says of one of them. */
export interface ScriptReport {
  result: PureResult | { error: { code: string; message: string } };
  pid: number;
  /** How often the event loop came round while the script ran. */
  turns: number;
  /** What objects of this process have that they should not. */
  inherited: string[];
}

interface Question {
  id: number;
  code: string;
  timeoutMs?: number;
}

/** A process of its own that runs what it is sent, as the workflow service does. Ends with its parent. */
const threads = new ScriptThreads({ threads: 2, timeoutMs: 5_000, memoryBytes: 16_777_216 });
const runner = scriptRunner(threads);

process.on('message', (message: Question) => void answer(message));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function answer({ id, code, timeoutMs }: Question): Promise<void> {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  const result = await resultOf(code, timeoutMs);
  clearInterval(timer);
  const inherited = [...Object.keys(Object.prototype), ...Object.keys(Array.prototype)];
  process.send?.({ id, report: { result, pid: process.pid, turns, inherited } satisfies ScriptReport });
}

async function resultOf(code: string, timeout_ms?: number): Promise<ScriptReport['result']> {
  try {
    const [step] = compileDefinition([
      { id: 's', type: 'script', config: { code }, ...(timeout_ms !== undefined && { timeout_ms }) },
    ]).steps;
    const context = {
      userId: 'somebody',
      step,
      scope: { input: { n: 1 }, steps: {}, run: { id: 'r' } },
      evaluation: { nowMs: 1_000, seed: 'r/s' },
      bounds: standardBounds,
      signal: new AbortController().signal,
    };
    return await runner.run(context as unknown as StepContext);
  } catch (error) {
    if (error instanceof StepFailure) return { error: { code: error.error.code, message: error.message } };
    return { error: { code: 'UNEXPECTED', message: String(error) } };
  }
}
