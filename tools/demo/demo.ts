import { allChecks, checkDouble, checkWrongSignature } from './checks.js';
import { loadPayloads } from './deliveries/payloads.js';
import { postAll } from './deliveries/post-all.js';
import { postFirst } from './deliveries/post-first.js';
import { DemoError } from './demo.error.js';
import type { DemoOptions } from './options.js';
import { requirePlatform } from './platform/require-platform.js';
import { arrivedMail } from './report/arrived-mail.js';
import { accountFor, isEverythingAccountedFor } from './report/outcomes.js';
import { report } from './report/report.js';
import { readRuns } from './runs/run-record.js';
import { setStage } from './stage.js';

/**
 * Runs the demonstration and prints what it sees.
 * @returns whether every payload is accounted for and every check passed
 * @throws DemoError when it cannot go on
 */
export async function demo(options: DemoOptions): Promise<boolean> {
  const payloads = await loadPayloads(options.payloadFile);
  const [first, ...others] = payloads;
  if (first === undefined) throw new DemoError('There is no payload to post.');
  await requirePlatform(options.baseUrl);
  const stage = await setStage(options.baseUrl);
  try {
    console.log(`Signed up ${stage.email}; imported and activated the workflow ${stage.workflow.id}.`);
    const wrongSignature = await checkWrongSignature(stage, first);
    const firstReceipt = await postFirst(stage, first);
    const double = await checkDouble(stage, firstReceipt);
    console.log(`Posting ${payloads.length} payloads to its hook …`);
    const receipts = [firstReceipt, ...(await postAll(stage, others))];

    const records = await readRuns(stage.api, stage.workflow.id);
    const accounts = accountFor(receipts, records);
    const isComplete = isEverythingAccountedFor(accounts, records.length);
    const checks = allChecks([wrongSignature, double]);
    console.log(`\n${report({ accounts, records, isComplete, checks, lookUps: stage.directory.answered })}`);
    console.log(`\nOne mail as it arrived\n${await arrivedMail(records, options.dataDir)}`);
    return isComplete && checks.passed;
  } finally {
    stage.directory.stop();
  }
}
