import { StartError } from '@app/observability';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Supervised } from './supervised.js';

/** A service to wait for. */
export interface Awaited {
  readonly service: Supervised;
  /** Its /ready, as a URL. */
  readonly url: string;
  readonly logFile: string;
}

const DEADLINE_MS = 90_000;
const POLL_MS = 50;

/** A service that ends this often before it was ready will not get ready. */
const HOPELESS = 3;

/**
 * Waits until every service answers /ready with 200. Rejects when `signal` aborts.
 * Throws StartError with the service's own last words when one keeps ending or does not get ready.
 */
export async function untilReady(services: readonly Awaited[], signal: AbortSignal): Promise<void> {
  await Promise.all(services.map((awaited) => untilOneReady(awaited, signal)));
}

async function untilOneReady({ service, url, logFile }: Awaited, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await isReady(url))) {
    if (service.unexpectedEnds >= HOPELESS)
      throw new StartError(`${service.name} does not start: ${lastWords(logFile)}`);
    if (Date.now() > deadline)
      throw new StartError(`${service.name} is not ready yet after ${DEADLINE_MS / 1_000} s: ${lastWords(logFile)}`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}

function lastWords(logFile: string): string {
  const words = readFileSync(logFile, 'utf8').trim().split('\n').at(-1) ?? '';
  return `${words} (more in ${logFile})`;
}
