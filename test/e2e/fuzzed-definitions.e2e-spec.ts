import { isFinalRunStatus, type RunDto, type SignedInDto } from '@app/contracts';
import { stepTypeViews } from '@app/definition';
import { eventually, sized, spawnService, testDatabase, testRedis, type TestService } from '@app/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { proofSeed } from '../chaos/support/chance.js';
import { mutatedDefinition } from '../definition/mutate-definition.js';
import { workflowExamples } from '../docs/workflow-examples.js';

const COUNT = sized({ ci: 400, full: 10_000 });
/** Requests at the same time. */
const LANES = 4;
/** Nothing of this may take so long, on the slowest machine: an answer later than that is a service that hangs. */
const PATIENCE_MS = 60_000;

interface Answer {
  status: number;
  type: string;
  body: Record<string, unknown>;
}

let gateway: TestService;
let workflow: TestService;
let dropDatabase: () => Promise<void>;
let token = '';
/** Services that are gone, by name. */
const gone: string[] = [];

beforeAll(async () => {
  const [database, redis] = await Promise.all([testDatabase(), testRedis()]);
  dropDatabase = () => database.drop();
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    JWT_EXPIRE: '2h',
  };
  gateway = await spawnService('gateway', { env });
  workflow = await spawnService('workflow', { env });
  for (const [name, service] of Object.entries({ gateway, workflow })) void service.exited.then(() => gone.push(name));
  const account = { email: 'fuzz@example.org', password: 'a long enough Password 1', name: 'Fuzz' };
  const { body } = await call('POST', '/auth/register', JSON.stringify(account));
  token = (body as unknown as SignedInDto).tokens.access_token;
});
afterAll(async () => {
  await Promise.all([gateway.stop(), workflow.stop()]);
  await dropDatabase();
});

async function call(method: 'GET' | 'POST', path: string, body?: string): Promise<Answer> {
  const response = await fetch(`${gateway.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...(body !== undefined && { body }),
  });
  return {
    status: response.status,
    type: String(response.headers.get('content-type')),
    body: JSON.parse((await response.text()) || '{}') as Record<string, unknown>,
  };
}

/** Whatever is sent is answered: with what was made, or with what is wrong with it. */
function expectAnswer({ status, type, body }: Answer, about: string): void {
  if (status >= 200 && status < 300) return;
  expect({ status, type, code: body['code'] }, about).toEqual({
    status: expect.toSatisfy((code: number) => code >= 400 && code < 500),
    type: expect.stringContaining('application/problem+json'),
    code: expect.any(String),
  });
}

async function send(definition: unknown, number: number): Promise<'refused' | 'executed'> {
  const text = JSON.stringify(definition);
  const checked = await call('POST', '/workflows/validate', text);
  expectAnswer(checked, `validating number ${number}`);
  const made = await call('POST', '/workflows', text);
  expectAnswer(made, `saving number ${number}`);
  const about = `number ${number} is saved when it is valid: ${JSON.stringify(made.body)}`;
  expect(made.status === 201, about).toBe(checked.body['valid'] === true);
  if (made.status !== 201) return 'refused';
  const executed = await call('POST', `/workflows/${String(made.body['id'])}/execute`, '{"input": {"name": "Ada"}}');
  expectAnswer(executed, `executing number ${number}`);
  return 'executed';
}

async function unfinished(): Promise<number> {
  const totals = await Promise.all(
    ['pending', 'running', 'waiting'].map(
      async (status) => (await call('GET', `/runs?status=${status}`)).body['total'],
    ),
  );
  return totals.reduce<number>((sum, total) => sum + Number(total), 0);
}

it(
  `${COUNT} fuzzed definitions (seed ${proofSeed}) neither crash nor hang the services that they are sent to`,
  { timeout: 3_600_000 },
  async () => {
    const ofTypes = stepTypeViews().map(({ example }) => ({ name: 'w', trigger_type: 'manual', steps: [example] }));
    const valid = [...workflowExamples().map(({ definition }) => definition), ...ofTypes];
    const outcomes = { refused: 0, executed: 0 };
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let number = next++; number < COUNT; number = next++) {
        outcomes[await send(mutatedDefinition(valid, number), number)] += 1;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(gone, gateway.logs() + workflow.logs()).toEqual([]);
    expect(outcomes.executed).toBeGreaterThan(COUNT / 100);
    expect(outcomes.refused).toBeGreaterThan(COUNT / 4);

    // What waits for days is stopped; what does not stop hangs.
    let isMore = true;
    while (isMore)
      isMore = (await call('POST', '/runs/bulk', '{"filter": {}, "action": "cancel"}')).body['more'] === true;
    await eventually(async () => (await unfinished()) === 0, { timeoutMs: PATIENCE_MS });

    const greeting = workflowExamples()[0]!;
    const { body } = await call('POST', '/workflows', JSON.stringify(greeting.definition));
    const accepted = await call(
      'POST',
      `/workflows/${String(body['id'])}/execute`,
      JSON.stringify({ input: greeting.input }),
    );
    const run = await eventually(
      async () => {
        const seen = (await call('GET', `/runs/${String(accepted.body['run_id'])}`)).body as unknown as RunDto;
        return isFinalRunStatus(seen.status) && seen;
      },
      { timeoutMs: PATIENCE_MS },
    );
    expect(run.output).toEqual(greeting.output);
    for (const service of [gateway, workflow]) {
      const health = await fetch(`${service.url}/health`);
      expect([health.status, await service.isReady()]).toEqual([200, true]);
      await health.text();
    }
    expect(gone).toEqual([]);
  },
);
