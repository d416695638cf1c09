import { isFinalRunStatus, type RunDto } from '@app/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoError } from '../demo.error.js';
import type { Api } from '../platform/api.js';
import type { Stage } from '../stage.js';
import { deliver, newDelivery, type Receipt } from './deliver.js';
import type { Payload } from './payloads.js';

const WAIT_MS = 15_000;

/**
 * Posts the first payload and watches its run, so that a platform that may not call the directory is told about once
 * instead of several hundred times.
 * @throws DemoError when the hook does not take it, or the platform may not call the directory
 */
export async function postFirst({ api, workflow, secret, directory }: Stage, payload: Payload): Promise<Receipt> {
  const receipt = await deliver(workflow.hookUrl, newDelivery(payload), secret);
  if (receipt.runId === undefined) throw new DemoError(`${workflow.hookUrl} answered ${receipt.status}, not 202.`);
  const { error } = await endOf(api, receipt.runId);
  if (error?.code === 'EGRESS_REFUSED') {
    const { hostname } = new URL(directory.url);
    throw new DemoError(
      `The platform may not call the look-up server at ${directory.url}: ${error.message}\n` +
        `Start it with EGRESS_ALLOW=${hostname} (loopback is allowed by default in development only).`,
    );
  }
  return receipt;
}

/** The run when it has ended, or as it is after a while. */
async function endOf(api: Api, runId: string): Promise<RunDto> {
  for (const deadline = Date.now() + WAIT_MS; ; await sleep(100)) {
    const run = await api.get<RunDto>(`/runs/${runId}`);
    if (isFinalRunStatus(run.status) || Date.now() > deadline) return run;
  }
}
