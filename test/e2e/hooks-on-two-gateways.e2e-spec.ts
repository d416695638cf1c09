import type { WorkflowDto } from '@app/contracts';
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { patientFetch } from '../../tools/demo/platform/patient-fetch.js';
import { RunningServices } from './running-services.js';

/** Changes are made through one gateway, deliveries arrive at another one, which remembers the hook. */
let services: RunningServices;
let otherUrl: string;
let authorization = '';

beforeAll(async () => {
  services = await RunningServices.start();
  otherUrl = (await services.oneMore('gateway')).url;
  const account = { email: 'ada@example.com', password: 'correct horse battery staple', name: 'Ada' };
  const { tokens } = await call<{ tokens: { access_token: string } }>('POST', '/auth/register', account);
  authorization = `Bearer ${tokens.access_token}`;
});
afterAll(() => services.stop());

async function call<T>(method: string, path: string, content: object = {}): Promise<T> {
  const headers = { 'content-type': 'application/json', ...(authorization !== '' && { authorization }) };
  const answer = await patientFetch(`${services.url}/api/v1${path}`, {
    method,
    headers,
    body: JSON.stringify(content),
  });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body as T;
}

const answering = (text: string, secret: string): object => ({
  name: 'Answer',
  trigger_type: 'webhook',
  config: { trigger: { verify: { type: 'hmac', secret, header: 'X-Signature' }, respond: 'output' } },
  steps: [{ id: 'say', type: 'transform', config: { expression: `'${text}'` } }],
});

it('a gateway that remembers a hook answers as the workflow and its secret are now', async () => {
  await call('POST', '/secrets', { name: 'first', value: 'one' });
  await call('POST', '/secrets', { name: 'second', value: 'two' });
  const { id, hook_url } = await call<WorkflowDto>('POST', '/workflows', answering('old', 'first'));
  await call('POST', `/workflows/${id}/activate`);
  const { pathname } = new URL(hook_url ?? '');
  const deliver = async (key: string): Promise<unknown> => {
    const signature = createHmac('sha256', key).update('{}').digest('hex');
    const headers = { 'content-type': 'application/json', 'x-signature': signature };
    const response = await fetch(`${otherUrl}${pathname}`, { method: 'POST', body: '{}', headers });
    return response.ok ? [response.status, await response.json()] : response.status;
  };
  /** As each of the keys is answered, twice: first by what is remembered, then by what was looked up meanwhile. */
  const answers = async (...keys: string[]): Promise<unknown[]> => {
    const first = await Promise.all(keys.map(deliver));
    expect(await Promise.all(keys.map(deliver))).toEqual(first);
    return first;
  };
  expect(await answers('one', 'two')).toEqual([[200, 'old'], 401]);

  await call('PUT', '/secrets/first', { value: 'changed' });
  expect(await answers('one', 'changed')).toEqual([401, [200, 'old']]);
  await call('PUT', `/workflows/${id}`, answering('new', 'second'));
  expect(await answers('changed', 'two')).toEqual([401, [200, 'new']]);
  await call('POST', `/workflows/${id}/deactivate`);
  expect(await answers('two', 'one')).toEqual([404, 404]);
  await call('POST', `/workflows/${id}/activate`);
  expect(await answers('two', 'one')).toEqual([[200, 'new'], 401]);
  await call('DELETE', '/secrets/second');
  expect(await answers('two', '')).toEqual([401, 401]);
});
