import { setTimeout as sleep } from 'node:timers/promises';
import { DemoError } from '../demo.error.js';

/** How often a request is made before it counts as refused, and the longest pause in between. */
const MOST_ATTEMPTS = 10;
const LONGEST_PAUSE_MS = 60_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Answers that say "not now": the platform is busy, draining or being started again. */
const notNow = new Set([429, 502, 503]);

export interface Answer {
  status: number;
  /** The body as JSON; as text when it is none. */
  body: unknown;
}

/**
 * Makes a request, again while the platform says "not now" or cannot be reached, after the pause that it asks for. Fit
 * for requests that may be repeated.
 * @throws DemoError when the platform does not answer at all
 */
export async function patientFetch(url: string, init: RequestInit): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const response = await tryFetch(url, init);
    const last = attempt === MOST_ATTEMPTS;
    if (response instanceof Error) {
      if (last) throw unreachable(url, response);
      await sleep(pauseMs(null, attempt));
    } else if (notNow.has(response.status) && !last) {
      await response.text();
      await sleep(pauseMs(response.headers.get('retry-after'), attempt));
    } else {
      return { status: response.status, body: parsed(await response.text()) };
    }
  }
}

/** Retry-After in seconds (RFC 9110 §10.2.3) as ms; without it a pause that grows. */
export function pauseMs(retryAfter: string | null, attempt: number): number {
  const seconds = Number(retryAfter ?? Number.NaN);
  const wanted = Number.isFinite(seconds) ? seconds * 1_000 : 100 * 2 ** attempt;
  return Math.min(Math.max(wanted, 50), LONGEST_PAUSE_MS);
}

/** What to do about a platform that is not there. */
export function unreachable(url: string, cause: unknown): DemoError {
  const { origin } = new URL(url);
  const remedy = 'start it with "npm start" in another terminal, or name its origin: npm run demo -- <origin>';
  return new DemoError(`The platform does not answer at ${origin}: ${remedy}.`, { cause });
}

async function tryFetch(url: string, init: RequestInit): Promise<Response | Error> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
