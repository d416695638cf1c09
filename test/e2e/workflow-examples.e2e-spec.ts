import {
  isFinalRunStatus,
  type EventDeliveryDto,
  type EventSubscriptionSecretDto,
  type HookAcceptedDto,
  type IntegrationDto,
  type RunAcceptedDto,
  type RunDto,
  type TasksDto,
  type WorkflowDto,
} from '@app/contracts';
import { eventually } from '@app/testing';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hubSignature } from '../../tools/demo/deliveries/signature.js';
import { DirectoryProcess } from '../../tools/demo/directory-process.js';
import { Api } from '../../tools/demo/platform/api.js';
import { signUp } from '../../tools/demo/platform/sign-up.js';
import { CALLED_ID, INTEGRATION_ID, workflowExamples, type WorkflowExample } from '../docs/workflow-examples.js';
import { mailedToken } from './mailed-token.js';
import { RunningServices } from './running-services.js';

const SECRET = 'a secret of the examples';

let services: RunningServices;
let directory: DirectoryProcess;
let api: Api;
let accessToken: string;

beforeAll(async () => {
  [services, directory] = await Promise.all([RunningServices.start(), DirectoryProcess.start()]);
  const user = await signUp(new Api(services.url));
  // One of the examples mails somebody else.
  await user.api.post('/auth/email/verify', { token: await mailedToken(services.dataDir, user.email) });
  api = user.api;
  accessToken = String(Reflect.get(api, 'accessToken'));
  await api.post('/secrets', { name: 'github_webhook_secret', value: SECRET });
});
afterAll(async () => {
  directory.stop();
  await services.stop();
});

const names = workflowExamples().map(({ definition }) => definition.name);

it.each(names.map((name, index) => [name, index] as const))('docs/workflows.md: %s', async (_name, index) => {
  const example = workflowExamples(directory.url)[index]!;
  const { id } = await api.post<WorkflowDto>('/workflows', await withNeeds(example));
  const runId = example.definition.trigger_type === 'cron' ? await firstFire(id) : await startRun(id, example);
  const { signal, task } = example;
  if (task !== undefined) await doTask(task);
  if (signal !== undefined) await api.post(`/runs/${runId}/signals/${signal.name}`, { payload: signal.payload });
  const run = await eventually(
    async () => {
      const seen = await api.get<RunDto>(`/runs/${runId}`);
      return isFinalRunStatus(seen.status) ? seen : undefined;
    },
    { timeoutMs: 30_000 },
  );
  const { output, error } = example;
  if (error === undefined) expect({ output: run.output, error: run.error }).toMatchObject({ output, error: null });
  else expect(run.error).toMatchObject(error);
});

it('docs/events.md: an event that is sent reaches who subscribed, signed', async () => {
  const received: { headers: Record<string, string>; body: string }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;
    const wanted = { types: ['org.example.order.*'], filter: 'event.data.total > 10', url };
    const { id, secret } = await api.post<EventSubscriptionSecretDto>('/event-subscriptions', wanted);
    for (const total of [12, 9]) {
      await sendEvent({ id: `o${total}`, source: '/shop', type: 'org.example.order.paid', data: { total } });
    }
    const delivered = await eventually(
      async () => {
        const { data } = await api.get<{ data: EventDeliveryDto[] }>(`/event-subscriptions/${id}/deliveries`);
        return data[0]?.status === 'delivered' ? data : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(delivered).toMatchObject([{ event: { id: 'o12' }, attempts: 1, response_status: 204 }]);
    expect(received).toHaveLength(1);
    const [{ headers, body }] = received as [(typeof received)[number]];
    expect(headers['webhook-id']).toBe(delivered[0]?.id);
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ id: 'o12', data: { total: 12 } });
  } finally {
    receiver.close();
    receiver.closeAllConnections();
  }
});

/** The definition, with the workflow that it calls and the integration that it uses. */
async function withNeeds({ definition, called, integration }: WorkflowExample): Promise<unknown> {
  let text = JSON.stringify(definition);
  if (called !== undefined) text = text.replaceAll(CALLED_ID, (await api.post<WorkflowDto>('/workflows', called)).id);
  if (integration !== undefined) {
    text = text.replaceAll(INTEGRATION_ID, (await api.post<IntegrationDto>('/integrations', integration)).id);
  }
  return JSON.parse(text);
}

/** Activates the workflow and waits for its schedule. */
async function firstFire(id: string): Promise<string> {
  await api.post<WorkflowDto>(`/workflows/${id}/activate`);
  const runs = await eventually(
    async () => {
      const { data } = await api.get<{ data: { id: string }[] }>(`/workflows/${id}/runs`);
      return data.length > 0 ? data : undefined;
    },
    { timeoutMs: 30_000 },
  );
  await api.post<WorkflowDto>(`/workflows/${id}/deactivate`);
  return runs.at(-1)!.id;
}

/** Activates the workflow and sends the example's event. */
async function startByEvent(id: string, event: object): Promise<string> {
  await api.post<WorkflowDto>(`/workflows/${id}/activate`);
  await sendEvent(event);
  return eventually(async () => (await api.get<{ data: { id: string }[] }>(`/workflows/${id}/runs`)).data[0]?.id);
}

async function sendEvent(event: object): Promise<void> {
  const { status } = await fetch(`${services.url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({ specversion: '1.0', ...event }),
  });
  expect(status).toBe(202);
}

/** What a program of the user's own does: takes a task and completes it. */
async function doTask({ queue, output }: NonNullable<WorkflowExample['task']>): Promise<void> {
  const { tasks } = await api.post<TasksDto>('/tasks/poll', { queues: [queue], wait_ms: 20_000 });
  await api.post(`/tasks/${tasks[0]!.id}/complete`, { lease: tasks[0]!.lease, output });
}

/** Executes the workflow, tests its step, or activates it and posts the example's delivery. */
async function startRun(id: string, { input, test, delivery, event, answer }: WorkflowExample): Promise<string> {
  if (test !== undefined) return (await api.post<RunAcceptedDto>(`/workflows/${id}/test`, test)).run_id;
  if (event !== undefined) return startByEvent(id, event);
  if (delivery === undefined) {
    const accepted = await api.post<RunAcceptedDto>(`/workflows/${id}/execute`, input === undefined ? {} : { input });
    return accepted.run_id;
  }
  const { hook_url } = await api.post<WorkflowDto>(`/workflows/${id}/activate`);
  const body = JSON.stringify(delivery.body);
  const headers = { ...delivery.headers, 'content-type': 'application/json' };
  const response = await fetch(hook_url!, {
    method: 'POST',
    headers: { ...headers, 'x-hub-signature-256': hubSignature(SECRET, body) },
    body,
  });
  if (answer !== undefined) {
    expect({ status: response.status, body: await response.text() }).toEqual(answer);
    return (await api.get<{ data: { id: string }[] }>(`/workflows/${id}/runs`)).data[0]!.id;
  }
  expect(response.status).toBe(202);
  return ((await response.json()) as HookAcceptedDto).run_id;
}
