import { DemoError } from '../demo.error.js';
import { unreachable } from './patient-fetch.js';

/**
 * Makes sure that the platform is there, at once rather than patiently.
 * @throws DemoError that says what to do
 */
export async function requirePlatform(baseUrl: string): Promise<void> {
  const response = await fetch(`${baseUrl}/ready`, { signal: AbortSignal.timeout(5_000) }).catch((error: unknown) => {
    throw unreachable(baseUrl, error);
  });
  const text = await response.text();
  if (response.ok && /"status"/.test(text)) return;
  if (response.status === 503) throw new DemoError(`The platform at ${baseUrl} is not ready: ${text}`);
  throw new DemoError(`What answers at ${baseUrl} is not the platform: /ready gave ${response.status}.`);
}
