import {
  mayRead,
  scriptFunction,
  scriptNames,
  seededRandom,
  type Script,
  type ScriptName,
  type Scope,
} from '@app/definition';
import { StepFailure } from '../step-failure.js';
import type { PureRunner, StepContext } from '../step-runner.js';
import type { ScriptLimit, ScriptOutcome, ScriptQuestion } from './sandbox-thread.js';
import type { ScriptLimits, ScriptThreads } from './script-threads.js';

/** Milliseconds in some years: what a seed is chosen from. */
const SEEDS = 2 ** 40;

/** `script`: what its JavaScript returns is its output; nothing is null. */
export function scriptRunner(threads: ScriptThreads): PureRunner {
  return {
    kind: 'pure',
    run: async (context) => {
      const script = context.step.scripts.get('code');
      if (script === undefined) throw StepFailure.permanent('CONFIG_INVALID', 'config.code is missing');
      const outcome = await threads.run({
        owner: context.userId,
        signal: context.signal,
        question: (limits) => questionOf(script, context, limits),
      });
      return { output: outputOf(outcome) };
    },
  };
}

function questionOf(
  script: Script,
  { step, scope, evaluation, bounds }: StepContext,
  limits: ScriptLimits,
): ScriptQuestion {
  return {
    code: scriptFunction(script.code),
    args: scriptNames.map((name) => argument(script, name, scope)),
    nowMs: evaluation.nowMs,
    seed: Math.floor(seededRandom(evaluation.seed)() * SEEDS),
    limitMs: Math.min(limits.timeoutMs, step.definition.timeout_ms ?? limits.timeoutMs),
    memoryBytes: limits.memoryBytes,
    maxOutput: bounds.maxValueBytes,
  };
}

/** What the script does not read is not handed to it. */
function argument({ reads }: Script, name: ScriptName, scope: Scope): string | null {
  const value = scope[name];
  if (value === undefined || !mayRead(reads, name)) return null;
  if (name !== 'steps' || reads.steps === null) return JSON.stringify(value);
  const wanted = Object.entries(value as object).filter(([id]) => reads.steps?.has(id));
  return JSON.stringify(Object.fromEntries(wanted));
}

/** @throws StepFailure when there is no output */
function outputOf(outcome: ScriptOutcome): unknown {
  if ('limit' in outcome) throw overLimit(outcome.limit);
  if ('unusable' in outcome) throw StepFailure.permanent('OUTPUT_INVALID', `${outcome.unusable}; ${JSON_ONLY}`);
  if ('thrown' in outcome) throw StepFailure.permanent('SCRIPT_FAILED', failedMessage(outcome));
  try {
    return JSON.parse(outcome.output) as unknown;
  } catch {
    throw StepFailure.permanent('OUTPUT_INVALID', `The output is no JSON; ${JSON_ONLY}`);
  }
}

const JSON_ONLY = 'return texts, finite numbers, booleans, null, lists and plain objects.';

function failedMessage({ thrown, line }: { thrown: string; line: number | null }): string {
  return `The script failed${line === null ? '' : ` in line ${line}`}: ${thrown}`;
}

/** A script that took too long on a busy machine may end in time when it is tried again. */
function overLimit(limit: ScriptLimit): StepFailure {
  const error = { code: 'SCRIPT_LIMIT', message: overLimitMessages[limit] } as const;
  return new StepFailure(error, { retryable: limit === 'time', mayHaveHappened: false });
}

const overLimitMessages: Readonly<Record<ScriptLimit, string>> = {
  time: 'The script took longer than it may (SCRIPT_TIMEOUT_MS, or the timeout_ms of the step).',
  memory: 'The script needs more memory than it may take (SCRIPT_MEMORY_BYTES).',
  depth: 'The calls of the script, or its data, are nested too deep.',
};
