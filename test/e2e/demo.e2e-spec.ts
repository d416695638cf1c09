import { temporaryFolder } from '@app/testing';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningServices } from './running-services.js';

interface Recorded {
  name: string;
  examples: { issue?: { title: string } }[];
}

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const ROOT = join(import.meta.dirname, '..', '..');
const recorded = createRequire(import.meta.url)('@octokit/webhooks-examples') as Recorded[];

let services: RunningServices;
const folder = temporaryFolder('demo');

beforeAll(async () => {
  services = await RunningServices.start();
});
afterAll(async () => {
  await services.stop();
  folder.remove();
});

/** `npm run demo`, without npm. */
function demo(args: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env['PATH'], BIOMETRICS_URL: services.url, BIOMETRICS_DATA_DIR: services.dataDir };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'tools', 'demo.mjs'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** A file of payloads for the demonstration. */
function payloadFile(name: string, events: readonly Recorded[]): string {
  const file = join(folder.path, name);
  writeFileSync(file, JSON.stringify(events));
  return file;
}

/** Of the mails that runs sent. */
const subjects = (): string[] =>
  readdirSync(join(services.dataDir, 'mail'))
    .filter((name) => !name.startsWith('account.'))
    .map((name) => {
      const mail = readFileSync(join(services.dataDir, 'mail', name), 'utf8');
      return /^Subject: (.*)$/m.exec(mail)![1]!;
    });

describe('npm run demo', () => {
  it('accounts for every payload, here one of each kind of event instead of all 726', async () => {
    const events = recorded.map(({ name, examples }) => ({ name, examples: examples.slice(0, 1) }));
    const { code, stdout, stderr } = await demo(['--payloads', payloadFile('one-of-each.json', events)]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^ {2}completed +${events.length}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^ {2}posted +${events.length} {2}every payload accounted for$`, 'm'));
    for (const branch of ['issue', 'pull_request', 'push', 'build', 'alert', 'other']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${branch} +(\\d+) +\\1 `, 'm'));
    }
    expect(stdout).toMatch(/^Slowest step: .+ ms or more\.$/m);
    expect(stdout).toMatch(/runs per second\.$/m);
    expect(stdout).toMatch(/^ok +A delivery with a wrong signature is answered with 401/m);
    expect(stdout).toMatch(/^ok +A delivery that comes twice is one run/m);
    expect(stdout).toMatch(/^Subject: \[Platform\] Pull request #2 /m);
    expect(subjects()).toHaveLength(events.length);
  });

  it('shows another mail when a payload is another one', async () => {
    const issues = recorded.find(({ name }) => name === 'issues')!;
    const [first] = structuredClone(issues.examples);
    first!.issue!.title = 'A title of the day';
    const { code, stdout } = await demo([
      '--payloads',
      payloadFile('mine.json', [{ name: 'issues', examples: [first!] }]),
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Subject: \[Platform\] Issue #\d+ \w+: A title of the day$/m);
    expect(subjects().filter((subject) => subject.includes('A title of the day'))).toHaveLength(1);
  });

  it('says once that the platform may not call the look-up server', async () => {
    await services.restart('workflow', { EGRESS_ALLOW: '10.99.0.0/16' });
    const { code, stderr } = await demo([
      '--payloads',
      payloadFile(
        'push.json',
        recorded.filter(({ name }) => name === 'push'),
      ),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^The platform may not call the look-up server at http:\/\/127\.0\.0\.1:\d+: .*\nStart it with EGRESS_ALLOW=127\.0\.0\.1 .*\n$/,
    );
  });

  it('says that no platform is there', async () => {
    const { code, stderr } = await demo(['http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The platform does not answer at http:\/\/127\.0\.0\.1:9: start it with "npm start" .*\n$/);
  });
});
