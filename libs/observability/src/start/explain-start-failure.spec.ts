import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '@app/config';
import { describe, expect, it } from 'vitest';
import { explainStartFailure } from './explain-start-failure.js';
import { StartError } from './start.error.js';

/** The error of listening at a port that another server of ours has. */
async function takenPortError(): Promise<{ error: unknown; port: number }> {
  const first = createServer();
  await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
  const { port } = first.address() as AddressInfo;
  const second = createServer();
  const error = await new Promise((resolve) => second.once('error', resolve).listen(port, '127.0.0.1'));
  first.close();
  return { error, port };
}

describe('explainStartFailure', () => {
  it('prints one line for each mistake of the configuration, and no stack', () => {
    expect(explainStartFailure(new ConfigError(['A is wrong.', 'B is missing.']))).toBe('A is wrong.\nB is missing.');
  });

  it('prints what a StartError says', () => {
    expect(explainStartFailure(new StartError('METRICS_PORT=1 is taken.'))).toBe('METRICS_PORT=1 is taken.');
  });

  it('explains a taken port', async () => {
    const { error, port } = await takenPortError();
    expect(explainStartFailure(error)).toBe(
      `Port ${port} is taken on 127.0.0.1. Stop what listens there, or choose another port.`,
    );
  });

  it('explains a server that does not answer', () => {
    const error = Object.assign(new Error('connect'), {
      syscall: 'connect',
      code: 'ECONNREFUSED',
      address: 'db',
      port: 5432,
    });
    expect(explainStartFailure(error)).toBe(
      'Nothing answers at db:5432 (ECONNREFUSED). Start it, or correct its address.',
    );
  });

  it('shows the stack of anything else, without the secrets in it', () => {
    const explained = explainStartFailure(new Error('cannot use postgres://me:hunter2@db/x'));
    expect(explained).toContain('postgres://me:[redacted]@db/x');
    expect(explained).toMatch(/\n\s+at /);
  });
});
