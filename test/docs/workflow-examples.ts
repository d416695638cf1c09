import type { WorkflowDefinition } from '@app/definition';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An example of docs/workflows.md: a definition and what the blocks after it say about it. */
export interface WorkflowExample {
  definition: WorkflowDefinition;
  /** Input to execute it with. */
  input: unknown;
  /** What a webhook's sender posts. */
  delivery?: { headers: Record<string, string>; body: unknown };
  /** An event that starts it. */
  event?: object;
  /** What the webhook's sender is answered, when it waits for the output. */
  answer?: { status: number; body: unknown };
  /** A test of one step, in place of an execution of the whole. */
  test?: object;
  /** A signal that is sent once the run is accepted. */
  signal?: { name: string; payload: unknown };
  /** What a program completes the task of a queue with. */
  task?: { queue: string; output: unknown };
  /** A workflow that the definition calls by `CALLED_ID`. */
  called?: WorkflowDefinition;
  /** An integration that the definition names by `INTEGRATION_ID`. */
  integration?: object;
  /** What the run's output holds at least. */
  output?: unknown;
  /** What the run's error holds at least. */
  error?: object;
}

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'workflows.md');
const BLOCK = /^```json (\w+)\n([\s\S]*?)^```$/gm;
const parts = ['input', 'test', 'delivery', 'event', 'answer', 'signal', 'task', 'output', 'error'];

/** Stands in an example for the id of the workflow that it calls. */
export const CALLED_ID = '00000000-0000-7000-8000-000000000000';

/** Stands in an example for the id of the integration whose credentials it uses. */
export const INTEGRATION_ID = '00000000-0000-7000-8000-000000000001';

/** Where the document's examples expect examples/github-triage/directory.mjs. */
export const DIRECTORY_URL = 'http://127.0.0.1:4680';

/**
 * The examples of docs/workflows.md: each block "```json workflow" with the input, delivery, event, answer, output and error blocks up
 * to the next one.
 * @param directoryUrl where the directory is found this time
 */
export function workflowExamples(directoryUrl = DIRECTORY_URL): WorkflowExample[] {
  const text = readFileSync(FILE, 'utf8').replaceAll(DIRECTORY_URL, directoryUrl);
  const examples: WorkflowExample[] = [];
  let before: Pick<WorkflowExample, 'called' | 'integration'> = {};
  for (const [, part = '', json = ''] of text.matchAll(BLOCK)) {
    const value = JSON.parse(json) as never;
    if (part === 'called' || part === 'integration') before = { ...before, [part]: value };
    else if (part === 'workflow') {
      examples.push({ definition: value, input: undefined, ...before });
      before = {};
    } else if (parts.includes(part)) Object.assign(examples.at(-1)!, { [part]: value });
    else throw new Error(`docs/workflows.md has a block of the unknown kind ${part}.`);
  }
  return examples;
}
