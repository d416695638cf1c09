import { once } from 'node:events';

/**
 * A signal that aborts at the first SIGINT, SIGTERM or SIGHUP. Later ones are ignored: a Ctrl-C reaches us twice under
 * npm, once from the terminal and once from npm, and stopping takes at most ten seconds anyway.
 */
export function stopSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

/** Resolves when the signal aborts. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
