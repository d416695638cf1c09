import { isIP } from 'node:net';

/** Whether the host of a URL is this machine by its number, which WebAuthn does not take for a domain. */
export function isLoopback(hostname: string): boolean {
  return hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
