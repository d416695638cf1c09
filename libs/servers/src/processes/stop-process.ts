import { setTimeout as sleep } from 'node:timers/promises';
import { processMark } from './process-mark.js';

/** One step of ending a process: the signal to send and how long to wait for the process to go, in milliseconds. */
export interface StopStep {
  readonly signal: NodeJS.Signals;
  readonly waitMs: number;
}

const POLL_MS = 20;

/**
 * Ends the process by the steps, in their order, until it is gone. Works for processes that are not our children.
 * Returns the signal that did it, or `undefined` when there was no process. Throws when it outlived every step.
 */
export async function stopProcess(pid: number, steps: readonly StopStep[]): Promise<NodeJS.Signals | undefined> {
  const mark = processMark(pid);
  if (mark === undefined) return undefined;
  for (const { signal, waitMs } of steps) {
    sendSignal(pid, signal);
    if (await isGone(pid, mark, waitMs)) return signal;
  }
  throw new Error(`process ${pid} outlived ${steps.map((step) => step.signal).join(', ')}`);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
    throw error;
  }
}

async function isGone(pid: number, mark: string, waitMs: number): Promise<boolean> {
  const deadline = Date.now() + waitMs;
  while (processMark(pid) === mark) {
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}
