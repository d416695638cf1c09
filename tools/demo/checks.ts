import { deliver, newDelivery, type Receipt } from './deliveries/deliver.js';
import type { Payload } from './deliveries/payloads.js';
import type { Stage } from './stage.js';

/** What was tried besides posting each payload once. */
export interface Checks {
  passed: boolean;
  /** A sentence per check. */
  lines: string[];
}

/** Posts a payload that is signed with another secret; it must start nothing. */
export async function checkWrongSignature({ workflow }: Stage, payload: Payload): Promise<Checks> {
  const { status } = await deliver(workflow.hookUrl, newDelivery(payload), 'not the secret');
  return check(status === 401, `A delivery with a wrong signature is answered with ${status} (401 wanted).`);
}

/** Posts a delivery once more; it must lead to the run that it started before. */
export async function checkDouble({ workflow, secret }: Stage, { delivery, runId }: Receipt): Promise<Checks> {
  const again = await deliver(workflow.hookUrl, delivery, secret);
  const isSame = runId !== undefined && again.runId === runId;
  return check(isSame, `A delivery that comes twice ${isSame ? 'is one run' : `is ${runId} and then ${again.runId}`}.`);
}

/** All of them together. */
export function allChecks(checks: readonly Checks[]): Checks {
  return { passed: checks.every(({ passed }) => passed), lines: checks.flatMap(({ lines }) => lines) };
}

function check(passed: boolean, line: string): Checks {
  return { passed, lines: [`${passed ? 'ok    ' : 'FAILED'}  ${line}`] };
}
