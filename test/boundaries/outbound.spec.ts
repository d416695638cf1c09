import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = mkdtempSync(join(tmpdir(), 'outbound-'));
const waysOut = [
  "export const a = await fetch('http://x');",
  "export const a = new WebSocket('ws://x');",
  "export const a = await globalThis.fetch('http://x');",
  "import { request } from 'node:https';\nexport const a = request;",
  "import * as http from 'node:http';\nexport const a = http;",
  "import http from 'http';\nexport const a = http;",
  "import { connect } from 'node:http2';\nexport const a = connect;",
  "import { createConnection } from 'node:net';\nexport const a = createConnection;",
  "import { connect } from 'node:tls';\nexport const a = connect;",
];
const inward =
  "import { createServer, type IncomingMessage } from 'node:http';\nexport const a = createServer;\nexport type B = IncomingMessage;";

/** Files with a way out of the platform that is not the client. */
const refused = new Map(waysOut.map((code, i) => [`apps/worker/src/way-${i}.ts`, code]));
/** Places that have one for a reason, and servers. */
const allowed = new Map([
  ['libs/egress/src/client.ts', waysOut[0]!],
  ['apps/cli/src/serve/supervise/readiness.ts', waysOut[0]!],
  ['libs/servers/src/redis/resp.ts', waysOut[7]!],
  ['libs/testing/src/service.ts', waysOut[0]!],
  ['apps/worker/src/way.spec.ts', waysOut[0]!],
  ['apps/worker/src/way.int-spec.ts', waysOut[3]!],
  ['apps/worker/src/server.ts', inward],
]);
let found: { filename: string; code: string; message: string; help?: string }[];

beforeAll(() => {
  // Types are not needed for these rules, and there are none in this folder.
  const config = readFileSync('.oxlintrc.json', 'utf8').replace('"typeAware": true', '"typeAware": false');
  writeFileSync(join(root, '.oxlintrc.json'), config);
  for (const [path, code] of [...refused, ...allowed]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), code);
  }
  const { stdout } = spawnSync(resolve('node_modules/.bin/oxlint'), ['--format', 'json'], {
    cwd: root,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { filename: string; code: string; message: string; help?: string }[];
  };
  found = diagnostics.filter(({ code }) => code.includes('no-restricted'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('a way out of the platform', () => {
  it.each([...refused])('is refused in %s: %s', (path) => {
    const [first] = found.filter(({ filename }) => filename === path);
    expect(`${first?.message} ${first?.help}`).toMatch(/EgressClient of @app\/egress/);
  });

  it.each([...allowed])('is nothing to complain about in %s', (path) => {
    expect(found.filter(({ filename }) => filename === path)).toEqual([]);
  });
});
