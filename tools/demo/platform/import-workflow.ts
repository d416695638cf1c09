import type { WorkflowDto } from '@app/contracts';
import { readFile } from 'node:fs/promises';
import { DemoError } from '../demo.error.js';
import type { Api } from './api.js';

const FILE = 'examples/github-triage/workflow.json';

interface Definition {
  config: { trigger: { verify: { secret: string } } };
  steps: { id: string; config: { expression?: string } }[];
}

/** What the example's first step is there to be changed for. */
export interface TriageSettings {
  directory_url: string;
  mail_to: string;
}

/** A workflow that takes deliveries. */
export interface ActiveWorkflow {
  id: string;
  hookUrl: string;
}

/** Stores the secret under the name that the example uses, imports the example with these settings and activates it. */
export async function importWorkflow(api: Api, settings: TriageSettings, secret: string): Promise<ActiveWorkflow> {
  const definition = JSON.parse(await readFile(FILE, 'utf8')) as Definition;
  const first = definition.steps.find(({ id }) => id === 'settings');
  if (first === undefined) throw new DemoError(`${FILE} has no step "settings" any more.`);
  // JSON is JSONata: the object stands for itself.
  first.config.expression = JSON.stringify(settings);
  await api.post('/secrets', { name: definition.config.trigger.verify.secret, value: secret });
  const { id } = await api.post<WorkflowDto>('/workflows', definition);
  const { hook_url } = await api.post<WorkflowDto>(`/workflows/${id}/activate`);
  if (hook_url === undefined) throw new DemoError('The platform gave the workflow no hook_url.');
  return { id, hookUrl: hook_url };
}
