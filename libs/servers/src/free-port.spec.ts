import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, isPortFree, portOr } from './free-port.js';

let listener: Server | undefined;

afterEach(() => {
  listener?.close();
});

function listen(port: number): Promise<void> {
  return new Promise((resolve) => {
    listener = createServer().listen(port, '127.0.0.1', () => resolve());
  });
}

describe('free ports', () => {
  it('tells a free port from a taken one', async () => {
    const port = await freePort();
    expect(await isPortFree(port)).toBe(true);
    await listen(port);
    expect(await isPortFree(port)).toBe(false);
  });

  it('keeps the preferred port only while it is free', async () => {
    const port = await freePort();
    expect(await portOr(port)).toBe(port);
    await listen(port);
    expect(await portOr(port)).not.toBe(port);
  });

  it('does not mistake an address that is not ours for a taken port', async () => {
    await expect(isPortFree(await freePort(), '192.0.2.1')).rejects.toThrow('EADDRNOTAVAIL');
  });
});
