import { isFinalRunStatus, type RunAcceptedDto, type RunDto, type RunStepDto, type WorkflowDto } from '@app/contracts';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Api } from '../../tools/demo/platform/api.js';
import { signUp } from '../../tools/demo/platform/sign-up.js';
import { RunningServices } from './running-services.js';

let services: RunningServices;
let api: Api;

beforeAll(async () => {
  services = await RunningServices.start();
  api = (await signUp(new Api(services.url))).api;
});
afterAll(() => services.stop());

const ended = (id: string): Promise<RunDto> =>
  eventually(
    async () => {
      const run = await api.get<RunDto>(`/runs/${id}`);
      return isFinalRunStatus(run.status) ? run : undefined;
    },
    { timeoutMs: 30_000 },
  );

it('a run that failed is retried from there, with the mended workflow and what was done before', async () => {
  // A random number is fixed for one run: that both runs have the same one shows that it was not drawn again.
  const drawn = { id: 'drawn', type: 'transform', config: { expression: '$random()' } };
  const broken = { id: 'use', type: 'fail', config: { message: 'not yet' } };
  const mended = { id: 'use', type: 'transform', config: { expression: 'steps.drawn.output' } };
  const draft = { name: 'Draw', trigger_type: 'manual', steps: [drawn, broken] };
  const { id } = await api.post<WorkflowDto>('/workflows', draft);
  const { run_id } = await api.post<RunAcceptedDto>(`/workflows/${id}/execute`, {});
  expect(await ended(run_id)).toMatchObject({ status: 'failed' });
  const { data } = await api.get<{ data: RunStepDto[] }>(`/runs/${run_id}/steps`);
  const number = data.find(({ path }) => path === 'drawn')?.output;
  expect(number).toEqual(expect.any(Number));

  await services.restart('workflow');
  await api.patch(`/workflows/${id}`, { steps: [drawn, mended] });
  const again = await api.post<RunAcceptedDto>(`/runs/${run_id}/retry`, { version: 'latest' });
  expect(await ended(again.run_id)).toMatchObject({ status: 'completed', output: number, retry_of: run_id });

  const anew = await api.post<RunAcceptedDto>(`/runs/${run_id}/retry`, { from: 'start', version: 'latest' });
  const { status, output } = await ended(anew.run_id);
  expect(status).toBe('completed');
  expect(output).not.toBe(number);
});
