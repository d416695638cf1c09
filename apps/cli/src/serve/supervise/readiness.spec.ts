import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilReady } from './readiness.js';
import { Supervised } from './supervised.js';

let folder: string;
let server: Server;
let url: string;
let status: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'readiness-'));
  status = 503;
  server = createServer((_request, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ready`;
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

/** A service that ended this often. */
function ended(times: number): Supervised {
  const service = new Supervised(
    'worker',
    () => Promise.reject(new Error('unused')),
    () => undefined,
  );
  return Object.defineProperty(service, 'unexpectedEnds', { value: times });
}

describe('untilReady', () => {
  it('waits for 200', async () => {
    setTimeout(() => (status = 200), 120);
    await untilReady([{ service: ended(0), url, logFile: '' }], new AbortController().signal);
    expect(status).toBe(200);
  });

  it('gives up on a service that keeps ending, with its last words', async () => {
    const logFile = join(folder, 'worker.log');
    writeFileSync(logFile, 'starting\nno more memory\n');
    const waiting = untilReady([{ service: ended(3), url, logFile }], new AbortController().signal);
    await expect(waiting).rejects.toThrow(`worker does not start: no more memory (more in ${logFile})`);
  });

  it('ends when told to', async () => {
    const waiting = untilReady([{ service: ended(0), url, logFile: '' }], AbortSignal.timeout(80));
    await expect(waiting).rejects.toThrow();
  });
});
