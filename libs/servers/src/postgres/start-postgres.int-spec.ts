import { type ChildProcess, spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownerOf } from '../processes/account.js';
import { processMark } from '../processes/process-mark.js';
import type { RunningServer } from '../running-server.js';
import { startPostgres } from './start-postgres.js';

let root: string;
let server: RunningServer | undefined;
let careless: ChildProcess | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'servers with a space-'));
  spawnSync('chmod', ['711', root]);
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  careless?.kill();
  rmSync(root, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The pid of a process of the server's account that has ended and that its parent does not wait for. */
async function zombie(cluster: string): Promise<number> {
  const stdio: StdioOptions = ['ignore', 'pipe', 'ignore'];
  careless = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], { stdio, ...ownerOf(cluster) });
  const [pid] = (await once(careless.stdout!, 'data')) as [Buffer];
  await vi.waitFor(() => expect(processMark(Number(pid))).toBeUndefined());
  return Number(pid);
}

describe('startPostgres', () => {
  it('starts a durable server on the loopback interface that keeps data and port over a restart', async () => {
    const dataDir = join(root, 'postgres');
    server = await startPostgres({ dataDir });
    await query(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const [settings] = await query(
      server.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits,
              current_setting('full_page_writes') AS pages, current_setting('listen_addresses') AS addresses,
              current_setting('server_encoding') AS encoding, current_setting('data_checksums') AS checksums`,
    );
    expect(settings).toEqual({
      fsync: 'on',
      commits: 'on',
      pages: 'on',
      addresses: '127.0.0.1',
      encoding: 'UTF8',
      checksums: 'on',
    });
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);

    const before = server.port;
    await server.stop();
    await server.exited;
    server = await startPostgres({ dataDir });
    expect(server.port).toBe(before);
    expect(await query(server.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('refuses a wrong password', async () => {
    server = await startPostgres({ dataDir: join(root, 'postgres'), durable: false });
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it.each([
    { whose: 'a stranger', pidOf: async () => process.ppid },
    { whose: 'a zombie', pidOf: zombie },
  ])('recovers after the postmaster was killed and its pid is that of $whose', async ({ pidOf }) => {
    const dataDir = join(root, 'postgres');
    server = await startPostgres({ dataDir });
    await query(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    const lock = join(dataDir, 'cluster', 'postmaster.pid');
    writeFileSync(lock, readFileSync(lock, 'utf8').replace(/^\d+/, String(await pidOf(join(dataDir, 'cluster')))));

    server = await startPostgres({ dataDir });
    expect(await query(server.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('ends a server whose starter was killed, and takes its folder over', async () => {
    const dataDir = join(root, 'postgres');
    const orphan = await startPostgres({ dataDir, durable: false });
    const record = join(dataDir, 'postgres.process');
    writeFileSync(record, readFileSync(record, 'utf8').replace(/"ownerPid":\d+/, '"ownerPid":999999999'));

    server = await startPostgres({ dataDir, durable: false });
    expect(processMark(orphan.pid)).toBeUndefined();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('leaves the server of another living process alone', async () => {
    const dataDir = join(root, 'postgres');
    server = await startPostgres({ dataDir, durable: false });
    const record = join(dataDir, 'postgres.process');
    const parent = JSON.stringify(processMark(process.ppid));
    const foreign = readFileSync(record, 'utf8')
      .replace(/"ownerPid":\d+/, `"ownerPid":${process.ppid}`)
      .replace(/"ownerMark":"[^"]*"/, `"ownerMark":${parent}`);
    writeFileSync(record, foreign);

    await expect(startPostgres({ dataDir, durable: false })).rejects.toThrow(`process ${process.ppid} runs it`);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says in one line why it cannot start', async () => {
    const dataDir = join(root, 'postgres');
    const settings = { shared_buffers: 'plenty' };
    await expect(startPostgres({ dataDir, durable: false, settings })).rejects.toThrow(
      /^PostgreSQL did not start: invalid value for parameter "shared_buffers": "plenty" \(more in .*postgres\.log\)$/,
    );
  });

  it.runIf(process.getuid?.() === 0)('works for root in a folder that only root can enter', async () => {
    const secret = join(root, 'home');
    mkdirSync(secret, { mode: 0o700 });
    const dataDir = join(secret, 'postgres');
    server = await startPostgres({ dataDir });
    const location = readFileSync(join(dataDir, 'location'), 'utf8').trim();
    try {
      expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await server.stop();
      server = await startPostgres({ dataDir });
      expect(readFileSync(join(dataDir, 'location'), 'utf8').trim()).toBe(location);
    } finally {
      await server.stop();
      rmSync(location, { recursive: true, force: true });
    }
    await expect(startPostgres({ dataDir })).rejects.toThrow('which is gone');
  });

  it.runIf(process.getuid?.() === 0)('leaves nothing outside its folder when its data are worth nothing', async () => {
    const secret = join(root, 'home');
    mkdirSync(secret, { mode: 0o700 });
    const dataDir = join(secret, 'postgres');
    server = await startPostgres({ dataDir, durable: false });
    const location = readFileSync(join(dataDir, 'location'), 'utf8').trim();
    await server.stop();
    expect(existsSync(location)).toBe(false);
  });
});
