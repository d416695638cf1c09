import { ConfigError } from '@app/config';
import { scrub } from '../logging/scrub.js';
import { StartError } from './start.error.js';

/**
 * What to print when a process could not start: the lines of a mistake that the operator can mend, or the stack of a
 * bug of ours.
 */
export function explainStartFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StartError) return error.message;
  if (!(error instanceof Error)) return scrub(String(error));
  const { code, syscall, address, port } = error as Error &
    Partial<Record<'code' | 'syscall' | 'address' | 'port', string>>;
  if (syscall === 'listen' && code === 'EADDRINUSE') {
    return `Port ${port} is taken on ${address}. Stop what listens there, or choose another port.`;
  }
  if (syscall === 'listen' && code === 'EACCES')
    return `Port ${port} on ${address} needs rights this user does not have.`;
  if (syscall === 'connect')
    return `Nothing answers at ${address}:${port} (${code}). Start it, or correct its address.`;
  return scrub(error.stack ?? error.message);
}
