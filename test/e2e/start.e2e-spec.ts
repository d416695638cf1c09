import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@app/servers';
import { eventually, temporaryFolder } from '@app/testing';
import { promised } from '../chaos/support/promised.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailedToken } from './mailed-token.js';
import { PlatformProcess } from './platform-process.js';

const run = promisify(execFile);

/** What scripts may rely on, see docs: everything is stopped within ten seconds. */
const STOP_MS = 10_000;

/** Whom the curl line signs up, with the password they set after that. */
const you = { email: 'you@example.org', password: 'incorrect mule generator' };

let folder: ReturnType<typeof temporaryFolder>;
let port: number;
let platform: PlatformProcess | undefined;

beforeAll(async () => {
  folder = temporaryFolder('start');
  port = await freePort();
});

afterAll(async () => {
  platform?.signal('SIGTERM');
  await platform?.exited;
  folder.remove();
});

function dataDir(): string {
  return join(folder.path, 'data');
}

async function start(): Promise<string> {
  platform = new PlatformProcess(dataDir(), {}, ['--port', String(port)]);
  return platform.ready();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie nobody waits for, as in a container without an init, is gone for our purpose.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function stop(signal: () => void): Promise<void> {
  const running = platform!;
  const pids = [...Object.values(running.servicePids()), ...running.serverPids()];
  expect(pids).toHaveLength(5);
  const before = Date.now();
  signal();
  expect(await running.exited).toBe(0);
  expect(Date.now() - before).toBeLessThan(promised(STOP_MS));
  expect(pids.filter(isAlive)).toEqual([]);
  platform = undefined;
}

function post(origin: string, path: string, body: object): Promise<Response> {
  return fetch(`${origin}/api/v1/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function login(origin: string, body: object): Promise<number> {
  const response = await post(origin, 'login', body);
  await response.body?.cancel();
  return response.status;
}

describe('npm start', () => {
  it('starts everything and says so in a way that scripts can rely on', async () => {
    expect(await start()).toBe(`http://127.0.0.1:${port}`);
    const { gateway, workflow, worker } = platform!.servicePids();
    expect(new Set([gateway, workflow, worker]).size).toBe(3);
    expect([gateway, workflow, worker].every(isAlive)).toBe(true);
    const environment = join(dataDir(), 'run', 'env');
    expect(statSync(environment).mode & 0o777).toBe(0o600);
    expect(readFileSync(environment, 'utf8')).toMatch(/^DATABASE_URL=postgresql:.*\nREDIS_URL=redis:.*\n$/);
  });

  it('prints a curl line that works when pasted', async () => {
    const [line] = /curl .*/.exec(platform!.stdout)!;
    const { stdout } = await run('bash', ['-c', line]);
    expect(JSON.parse(stdout)).toMatchObject({ user: { email: 'you@example.org' } });
  });

  it('shows whoever starts it where to make the first administrator, once', async () => {
    const origin = `http://127.0.0.1:${port}`;
    const [link, invitation] = /http\S+\/account\/register#token=(\S+)/.exec(platform!.stdout)!;
    expect(link).toBe(`${origin}/account/register#token=${invitation}`);
    const admin = { email: 'admin@example.org', password: 'correct horse battery', name: 'Admin', invitation };
    const made = await post(origin, 'register', admin);
    expect(made.status).toBe(201);
    expect(await made.json()).toMatchObject({ user: { roles: ['user', 'admin'] } });
    expect((await post(origin, 'register', { ...admin, email: 'other@example.org' })).status).toBe(400);
  });

  it('mails the links of accounts, here into files, and they work', async () => {
    const origin = `http://127.0.0.1:${port}`;
    const { email, password } = you;
    const verification = await mailedToken(dataDir(), email);
    expect((await post(origin, 'email/verify', { token: verification })).status).toBe(200);
    expect((await post(origin, 'password/forgot', { email })).status).toBe(202);
    const token = await mailedToken(dataDir(), email, [verification]);
    expect((await post(origin, 'password/reset', { token, password })).status).toBe(200);
    expect(await login(origin, { email, password: 'correct horse battery' })).toBe(401);
    expect(await login(origin, { email, password })).toBe(200);
  });

  it('refuses a second start on the same data folder in one line', async () => {
    const second = new PlatformProcess(dataDir(), {}, ['--port', String(await freePort())]);
    expect(await second.exited).toBe(1);
    expect(second.stderr).toMatch(/^The platform already runs on .* \(process \d+\)\. .*\n$/);
    expect(second.stdout).toBe('');
  });

  it('starts a service that was killed again', async () => {
    const { workflow } = platform!.servicePids();
    process.kill(workflow, 'SIGKILL');
    const successor = await eventually(() => {
      const pid = platform!.servicePids().workflow;
      return pid !== workflow && pid;
    });
    expect(isAlive(successor)).toBe(true);
    expect(platform!.stderr).toContain(`workflow (process ${workflow}) was ended by SIGKILL`);
  });

  it('stops on SIGTERM, keeps the data and starts again', async () => {
    await stop(() => platform!.signal('SIGTERM'));
    const origin = await start();
    expect(await login(origin, you)).toBe(200);
    expect(platform!.stdout).not.toContain('#token=');
  });

  it('starts again after kill -9 of the whole group', async () => {
    platform!.signalGroup('SIGKILL');
    for (const pid of platform!.serverPids()) process.kill(pid, 'SIGKILL');
    for (const pid of Object.values(platform!.servicePids())) process.kill(pid, 'SIGKILL');
    await platform!.exited;
    const origin = await start();
    expect(await login(origin, you)).toBe(200);
  });

  it('takes over at once from a supervisor that was killed alone', async () => {
    const orphans = [...Object.values(platform!.servicePids()), ...platform!.serverPids()];
    platform!.signalGroup('SIGKILL');
    const origin = await start();
    expect(await login(origin, you)).toBe(200);
    expect(orphans.filter(isAlive)).toEqual([]);
  });

  it('stops on Ctrl-C', async () => {
    await stop(() => platform!.signalGroup('SIGINT'));
    expect(existsSync(join(dataDir(), 'run', 'workflow.pid'))).toBe(false);
  });
});

describe('npm start that cannot work', () => {
  it('says which port is taken and how to choose another', async () => {
    const listener = createServer().listen(port, '127.0.0.1');
    const refused = new PlatformProcess(dataDir(), {}, ['--port', String(port)]);
    expect(await refused.exited).toBe(1);
    listener.close();
    expect(refused.stderr).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken: .*--port.*\\n$`));
  });

  it('names every wrong variable on a line of its own', async () => {
    const refused = new PlatformProcess(dataDir(), { SERVER_PORT: 'abc', JWT_EXPIRE: 'soon' });
    expect(await refused.exited).toBe(1);
    expect(refused.stderr.trim().split('\n')).toEqual([
      expect.stringContaining('SERVER_PORT="abc"'),
      expect.stringContaining('JWT_EXPIRE="soon"'),
    ]);
  });

  it('says that it cannot write where the data should go', async () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    const refused = new PlatformProcess(join(file, 'data'), {});
    expect(await refused.exited).toBe(1);
    expect(refused.stderr).toMatch(/^.*\(ENOTDIR\): .*BIOMETRICS_DATA_DIR.*\n$/);
  });
});
