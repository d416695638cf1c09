import { inLanes } from '../in-lanes.js';
import { Progress } from '../progress.js';
import { followRuns } from '../runs/follow-runs.js';
import type { Stage } from '../stage.js';
import { deliver, newDelivery, type Receipt } from './deliver.js';
import type { Payload } from './payloads.js';

/** Deliveries on their way at the same time. */
const LANES = 8;

/** Posts the payloads that follow the first one and watches until all runs, the first included, have ended. */
export async function postAll({ api, workflow, secret }: Stage, payloads: readonly Payload[]): Promise<Receipt[]> {
  const progress = new Progress(payloads.length + 1, process.stdout);
  progress.post();
  let receipts: Receipt[] | undefined;
  const posting = inLanes(payloads, LANES, async (payload) => {
    const receipt = await deliver(workflow.hookUrl, newDelivery(payload), secret);
    progress.post();
    return receipt;
  }).then((all) => (receipts = all));
  const following = followRuns(api, workflow.id, {
    expected: () => receipts && 1 + receipts.filter(({ runId }) => runId !== undefined).length,
    onCounts: (counts) => progress.count(counts),
  });
  const [all] = await Promise.all([posting, following]);
  progress.end();
  return all;
}
