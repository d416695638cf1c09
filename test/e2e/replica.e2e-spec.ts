import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@app/servers';
import { eventually, temporaryFolder } from '@app/testing';
import { parse } from 'dotenv';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlatformProcess } from './platform-process.js';

const COMMAND = join(import.meta.dirname, '..', '..', 'tools', 'biometrics.mjs');

const folder = temporaryFolder('replica');
const dataDir = join(folder.path, 'data');
let platform: PlatformProcess;
let port: number;

beforeAll(async () => {
  port = await freePort();
  platform = new PlatformProcess(dataDir, {}, ['--port', String(port)]);
  await platform.ready();
});

afterAll(async () => {
  platform.signal('SIGTERM');
  await platform.exited;
  folder.remove();
});

function biometrics(...args: string[]): ChildProcess & { output: string } {
  const env = { ...process.env, BIOMETRICS_DATA_DIR: dataDir };
  const child = spawn(process.execPath, [COMMAND, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const watched = Object.assign(child, { output: '' });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (watched.output += chunk.toString('utf8')));
  }
  return watched;
}

async function livingReplicas(service: string): Promise<number[]> {
  const { DATABASE_URL } = parse(readFileSync(join(dataDir, 'run', 'env')));
  const client = new Client({ connectionString: DATABASE_URL });
  await client.connect();
  const sql = 'SELECT pid FROM replicas WHERE service = $1 AND dead_at IS NULL ORDER BY pid';
  const { rows } = await client.query<{ pid: number }>(sql, [service]);
  await client.end();
  return rows.map((row) => row.pid);
}

describe('biometrics serve', () => {
  it.each(['workflow', 'worker'] as const)('joins one more %s to the running platform', async (service) => {
    const replica = biometrics('serve', service);
    const both = [platform.servicePids()[service], replica.pid!].toSorted((one, other) => one - other);
    await eventually(async () => expect(await livingReplicas(service)).toEqual(both) ?? true, { timeoutMs: 60_000 });

    replica.kill('SIGTERM');
    const [code] = (await once(replica, 'close')) as [number];
    expect({ code, output: replica.output }).toMatchObject({ code: 0 });
    expect(await livingReplicas(service)).toEqual([platform.servicePids()[service]]);
  });

  it('says how to choose another port when the API has one already', async () => {
    const replica = biometrics('serve', 'gateway', '--port', String(port));
    const [code] = (await once(replica, 'close')) as [number];
    expect(code).toBe(1);
    expect(replica.output).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken: .*--port.*\\n$`));
  });

  it('serves the same users on another port', async () => {
    const other = await freePort();
    const replica = biometrics('serve', 'gateway', '--port', String(other));
    const ready = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${other}/ready`)).status === 200;
    await eventually(ready, { timeoutMs: 60_000 });
    replica.kill('SIGTERM');
    const [code] = (await once(replica, 'close')) as [number];
    expect(code).toBe(0);
  });
});

describe('biometrics migrate', () => {
  it('finds the database of the running platform and prints JSON for scripts', async () => {
    const status = biometrics('migrate', 'status', '--json');
    await once(status, 'close');
    const { migrations } = JSON.parse(status.output) as { migrations: { name: string; applied: boolean }[] };
    expect(migrations.length).toBeGreaterThan(0);
    expect(migrations.every((migration) => migration.applied)).toBe(true);
  });
});

describe('biometrics without a command that exists', () => {
  it('says so and fails', async () => {
    const unknown = biometrics('nonsense');
    const [code] = (await once(unknown, 'close')) as [number];
    expect({ code, output: unknown.output }).toEqual({
      code: 1,
      output: 'There is no command "nonsense": see biometrics --help.\n',
    });
  });
});
