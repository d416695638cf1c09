import { startPostgres } from '@app/servers';
import {
  createTemplateDatabase,
  eventually,
  temporaryFolder,
  TestMailServer,
  testRedis,
  type TestService,
  sized,
} from '@app/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiUser } from './support/api-user.js';
import { mail, post, puts } from './support/definitions.js';
import { note } from './support/figures.js';
import { Platform } from './support/platform.js';
import { chance } from './support/chance.js';
import { Receiver } from './support/receiver.js';

const PATIENCE_MS = 90_000;
const DELAY_MS = 20;
/** Longer than a lease (6 s): everything has to be taken over anew. */
const LONG_OUTAGE_MS = 8_000;

let folder: ReturnType<typeof temporaryFolder>;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let platform: Platform;
let mails: TestMailServer;
let receiver: Receiver;
let services: TestService[];

const start = () => startPostgres({ dataDir: folder.path, database: 'postgres' });

beforeAll(async () => {
  folder = temporaryFolder('restarted postgres');
  postgres = await start();
  await createTemplateDatabase(postgres.url, 'platform');
  const databaseUrl = new URL(postgres.url);
  databaseUrl.pathname = 'platform';
  [mails, receiver] = await Promise.all([TestMailServer.start(), Receiver.start(DELAY_MS)]);
  const env = { SMTP_URL: mails.url };
  platform = new Platform({ databaseUrl: databaseUrl.href, redisUrl: (await testRedis()).url, env });
  const names = ['gateway', 'workflow', 'workflow', 'worker'] as const;
  services = await Promise.all(names.map((name) => platform.spawn(name)));
});

afterAll(async () => {
  await platform.stop();
  await Promise.all([mails.stop(), receiver.stop()]);
  await postgres.stop();
  folder.remove();
});

/** Ends PostgreSQL as a crash would (pg_ctl stop -m immediate), and starts it again after a while. */
async function restartPostgres(outageMs: number): Promise<void> {
  process.kill(postgres.pid, 'SIGQUIT');
  await postgres.exited;
  await sleep(outageMs);
  const { url } = postgres;
  postgres = await start();
  expect(postgres.url).toBe(url);
}

/** Starts runs one after the other until it is told to stop, whatever becomes of single requests. */
async function keepExecuting(user: ApiUser, workflowId: string, until: AbortSignal): Promise<string[]> {
  const acknowledged: string[] = [];
  while (!until.aborted) {
    const answer = await user.call('POST', `/workflows/${workflowId}/execute`, { input: {} });
    if (answer.status === 202) acknowledged.push(answer.body.run_id);
    else await sleep(50);
  }
  return acknowledged;
}

describe('a PostgreSQL that is ended in the middle of everything and started again', () => {
  it('costs nothing that was acknowledged; every service goes on by itself', async (test) => {
    const user = await platform.signUp();
    const definitions = { puts: puts(3, receiver.url), post: post(receiver.url), mail: mail(receiver.url) };
    const workflowIds = await Promise.all(Object.values(definitions).map((each) => user.createWorkflow(each)));
    const moment = chance('restarts');
    const someCalls = async (): Promise<void> => {
      const enough = receiver.requests.length + moment(50, 300);
      await eventually(() => receiver.requests.length >= enough, { timeoutMs: PATIENCE_MS, everyMs: 5 });
    };
    const outages = sized({ ci: [0, LONG_OUTAGE_MS], full: [0, 500, 0, LONG_OUTAGE_MS, 2_000, 0, LONG_OUTAGE_MS] });

    const end = new AbortController();
    const executing = workflowIds.map((id) => keepExecuting(user, id, end.signal));
    for (const outage of outages) {
      await someCalls();
      await restartPostgres(outage);
      await eventually(() => user.login().then(() => true), { timeoutMs: PATIENCE_MS });
    }
    await someCalls();
    end.abort();
    const [putRuns = [], postRuns = [], mailRuns = []] = await Promise.all(executing);

    // What stays is in doubt: an unsafe call whose outcome has not been told yet, or cannot be.
    const doubtful = await eventually(
      async () => {
        const inDoubt = await platform.runs.inDoubt(workflowIds[1]!);
        return (await platform.runs.unfinished()) === inDoubt.length && inDoubt;
      },
      { timeoutMs: PATIENCE_MS },
    );
    for (const runId of doubtful) {
      await user.must(202, 'POST', `/runs/${runId}/steps/order/resolve`, { outcome: 'succeeded' });
    }
    await platform.runs.allFinished(PATIENCE_MS);

    note(test, {
      restarts: outages.length,
      'outages, in ms': outages.join(', '),
      'runs acknowledged': putRuns.length + postRuns.length + mailRuns.length,
      'calls in doubt when all other runs were over': doubtful.length,
    });
    for (const runId of [...putRuns, ...postRuns, ...mailRuns]) {
      const { body } = await user.must(200, 'GET', `/runs/${runId}`);
      expect(body).toMatchObject({ status: 'completed' });
    }
    const calls = receiver.byPath();
    for (const runId of putRuns)
      for (const step of ['put1', 'put2', 'put3']) expect(calls.has(`/${runId}/${step}`)).toBe(true);
    const timesPosted = (runId: string): number => calls.get(`/${runId}/order`)?.length ?? 0;
    expect(postRuns.filter((runId) => timesPosted(runId) > 1)).toEqual([]);
    expect(postRuns.filter((runId) => timesPosted(runId) < 1 && !doubtful.includes(runId))).toEqual([]);
    expect(await platform.runs.staleWrites()).toBe(0);
    // Nobody died of it.
    for (const service of services) {
      expect(await service.isReady()).toBe(true);
      expect(service.logs()).not.toContain('"level":"fatal"');
    }
  });
});
