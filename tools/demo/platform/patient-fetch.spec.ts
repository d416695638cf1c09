import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { patientFetch, pauseMs } from './patient-fetch.js';

describe('pauseMs', () => {
  it.each([
    ['2', 1, 2_000],
    ['0', 1, 50],
    ['86400', 1, 60_000],
    [null, 1, 200],
    [null, 3, 800],
    ['soon', 2, 400],
  ])('after Retry-After %s at attempt %i is %i ms', (header, attempt, expected) => {
    expect(pauseMs(header, attempt)).toBe(expected);
  });
});

describe('patientFetch', () => {
  let server: Server;
  afterEach(() => server.close());

  it('comes back when the platform says when', async () => {
    let asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      if (asked < 3) response.writeHead(429, { 'retry-after': '0' }).end('{}');
      else response.end('{"asked":3}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await patientFetch(`http://127.0.0.1:${port}`, {})).toEqual({ status: 200, body: { asked: 3 } });
  });
});
