import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crashPoints, type CrashPoint } from './crash-points.service.js';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
/** Whatever the workflow service runs that may write. */
const PARTS = [
  'apps/workflow/src',
  'libs/blobs/src',
  'libs/providers/src',
  'libs/database/src/content',
  'libs/database/src/events',
  'libs/database/src/replicas',
  'libs/database/src/runs',
];

type PairOf<P extends CrashPoint> = P extends `${infer Name}.before` ? Name : never;
/** Two points, `<pair>.before` and `<pair>.after`, and the file that sends something between them. */
interface Between {
  pair: PairOf<CrashPoint>;
  by: string;
}
/** What a file writes, and either between which points, or why a process may die there unseen. */
type Writes = { writes: readonly string[] } & ({ between: readonly Between[] } | { without: string });

const between = (pair: Between['pair'], by: string): Between => ({ pair, by: `apps/workflow/src/${by}` });
const CLAIM = between('claim', 'runs/run-claimer.service.ts');
const QUEUE = between('queue', 'runs/limits/run-queue.service.ts');
const SLOT = between('slot', 'runs/limits/run-queue.service.ts');
const COMMIT = between('commit', 'runs/run-writer.service.ts');
const DISPATCH = between('dispatch', 'events/event-dispatcher.service.ts');
const DELIVER = between('deliver', 'recovery/family-delivery.service.ts');
const RECOVER = between('recover', 'recovery/recovery.service.ts');
const JOB = between('job', 'recovery/job-delivery.service.ts');
const CANCEL = between('cancel', 'recovery/family-delivery.service.ts');
/** No write of ours: the one is the receiver's, the other one asks whether it is there. */
const CALLS = [between('call', 'runs/execution/effect-call.ts'), between('probe', 'runs/execution/effect-call.ts')];
const ACCEPTED =
  'Part of the statement or transaction that accepts: of the gateway, of a schedule, of a dispatched event.';
const HOUSEKEEPING = 'One transaction that takes no run forward: the next turn of any replica does the same again.';

const known: Readonly<Record<string, Writes>> = {
  'apps/workflow/src/runs/claim/claim-runs.sql.ts': {
    writes: ['UPDATE claims'],
    between: [CLAIM],
  },
  'apps/workflow/src/runs/limits/enter-queue.sql.ts': {
    writes: ['UPDATE run_slots', 'INSERT INTO workflow_limits', 'UPDATE claims'],
    between: [QUEUE],
  },
  // The first two are not between the points: what is freed is removed in the transaction that lets in, before its point; who
  // cannot let in puts the workflow off.
  'apps/workflow/src/runs/limits/let-in.sql.ts': {
    writes: [
      'DELETE FROM run_slots',
      'UPDATE workflow_limits',
      'UPDATE claims',
      'INSERT INTO run_slots',
      'INSERT INTO rate_starts',
      'DELETE FROM rate_starts',
      'UPDATE workflow_limits',
    ],
    between: [SLOT],
  },
  'apps/workflow/src/runs/store/commit-runs.sql.ts': {
    writes: ['INSERT INTO run_journal', 'INSERT INTO workflow_runs', 'DELETE FROM run_inbox', 'DELETE FROM claims'],
    between: [COMMIT],
  },
  'apps/workflow/src/runs/store/commit-parts/children.ts': {
    writes: [
      'INSERT INTO workflow_runs',
      'INSERT INTO claims',
      'INSERT INTO child_runs',
      'UPDATE child_runs',
      'UPDATE child_runs',
      'DELETE FROM child_runs',
    ],
    between: [COMMIT],
  },
  'apps/workflow/src/runs/store/commit-parts/content.ts': { writes: ['INSERT INTO jobs'], between: [COMMIT] },
  // Part of the same statement; the gateway sends it by itself.
  'libs/database/src/content/change-content.sql.ts': {
    writes: [
      'INSERT INTO content',
      'UPDATE content',
      'INSERT INTO content_revisions',
      'INSERT INTO events',
      'INSERT INTO pending_events',
    ],
    between: [COMMIT],
  },
  'apps/workflow/src/runs/store/commit-parts/events.ts': {
    writes: ['INSERT INTO events', 'INSERT INTO pending_events', 'INSERT INTO event_waits', 'DELETE FROM event_waits'],
    between: [COMMIT],
  },
  'apps/workflow/src/runs/store/commit-parts/jobs.ts': {
    writes: ['INSERT INTO jobs', 'UPDATE jobs'],
    between: [COMMIT],
  },
  'apps/workflow/src/runs/store/commit-parts/parked.ts': { writes: ['UPDATE claims'], between: [COMMIT] },
  'apps/workflow/src/runs/store/commit-parts/slots.ts': {
    writes: ['UPDATE run_slots', 'UPDATE run_slots'],
    between: [COMMIT],
  },
  'libs/database/src/runs/referred-blobs.sql.ts': { writes: ['UPDATE run_blobs'], between: [COMMIT] },
  'apps/workflow/src/events/event-deliveries.sql.ts': {
    writes: ['INSERT INTO event_deliveries', 'INSERT INTO jobs'],
    between: [DISPATCH],
  },
  'apps/workflow/src/events/event-waits.sql.ts': {
    writes: ['DELETE FROM event_waits', 'INSERT INTO run_inbox', 'UPDATE claims'],
    between: [DISPATCH],
  },
  // The last one is not between the points: it puts an event off that could not be dispatched, and is tried again without it.
  'apps/workflow/src/events/pending-events.sql.ts': {
    writes: ['DELETE FROM pending_events', 'UPDATE events', 'UPDATE pending_events'],
    between: [DISPATCH],
  },
  'apps/workflow/src/recovery/recovery.sql.ts': {
    writes: [
      // freeRunsOfTheDead, forgetTheDead: between `recover`.
      'UPDATE claims',
      'DELETE FROM replicas',
      // deliverJobs: between `job`.
      'UPDATE claims',
      'UPDATE jobs',
      // deliverChildren: between `deliver`.
      'UPDATE claims',
      'UPDATE child_runs',
      // cancelChildren: between `cancel`.
      'UPDATE claims',
      'UPDATE child_runs',
      'DELETE FROM child_runs',
      // holdSlotsOfTheLost, giveUpHeldSlots: between `recover`.
      'UPDATE run_slots',
      'UPDATE claims',
      'UPDATE run_slots',
    ],
    between: [RECOVER, DELIVER, JOB, CANCEL],
  },
  // The lease's own thread takes, renews and gives up; declaring dead is between `recover`.
  'libs/database/src/replicas/replicas.sql.ts': {
    writes: ['INSERT INTO replicas', 'UPDATE replicas', 'UPDATE replicas', 'UPDATE replicas'],
    between: [RECOVER],
  },
  'apps/workflow/src/runs/claim/release-run.sql.ts': {
    writes: ['UPDATE claims', 'UPDATE claims'],
    without: 'Gives a claim back early. A process that dies before it gives it back with its lease.',
  },
  'apps/workflow/src/runs/store/run-history.sql.ts': {
    writes: ['INSERT INTO effect_ledger', 'UPDATE claims'],
    without:
      'What a process saw of a call whose run others have by now. Without it they are in doubt, as after a crash.',
  },
  'apps/workflow/src/schedules/schedules.sql.ts': {
    writes: ['INSERT INTO schedule_fires', 'UPDATE schedule_fires', 'UPDATE schedules', 'UPDATE claims'],
    without: 'One transaction for a turn of all that is due; schedules.chaos-spec.ts kills replicas at any time of it.',
  },
  'libs/providers/src/provider-pauses.sql.ts': {
    writes: ['INSERT INTO provider_pauses'],
    without:
      'Lost with the answer that asked for it: the next call is answered the same (provider-pauses.chaos-spec.ts).',
  },
  'libs/providers/src/limits/counting.sql.ts': {
    writes: ['UPDATE replicas'],
    without: 'How this replica counts, of which nobody takes notice once it is dead (account-limits.chaos-spec.ts).',
  },
  'libs/blobs/src/run-blobs.sql.ts': {
    writes: ['INSERT INTO run_blobs'],
    without:
      'Reserves room for a value that no commit refers to yet; swept when none does (large-values.chaos-spec.ts).',
  },
  'libs/database/src/runs/accept-runs.sql.ts': {
    writes: [
      'INSERT INTO seen_deliveries',
      'INSERT INTO idempotency_keys',
      'INSERT INTO workflow_runs',
      'INSERT INTO claims',
    ],
    without: ACCEPTED,
  },
  'libs/database/src/events/accept-events.sql.ts': {
    writes: ['INSERT INTO seen_events', 'INSERT INTO events', 'INSERT INTO pending_events'],
    without: ACCEPTED,
  },
  'libs/database/src/runs/cancel-runs.sql.ts': { writes: ['UPDATE claims'], without: 'Sent by the gateway only.' },
  'apps/workflow/src/stats/stats.service.ts': {
    writes: ['INSERT INTO workflow_stats'],
    without: 'Counts of ended runs, which may miss some after a crash; nothing depends on them.',
  },
  'apps/workflow/src/history/retention/drop-partition.ts': {
    writes: [
      'CREATE TABLE ${next}',
      'INSERT INTO ${next}',
      'DROP TABLE IF EXISTS ${parent}',
      'DELETE FROM ${outside}',
      'ALTER TABLE ${next}',
      'ALTER TABLE ${parent}',
    ],
    without: HOUSEKEEPING,
  },
  'apps/workflow/src/history/retention/retention.sql.ts': { writes: ['DELETE FROM ${table}'], without: HOUSEKEEPING },
};

const WRITE =
  /\b(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE|(?:CREATE|DROP|ALTER) TABLE)\s+(?:IF (?:NOT )?EXISTS )?(?:\$\{\w+\}|[a-z]\w*)/g;

const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

function writesOf(file: string): string[] {
  return sourceOf(file).match(WRITE) ?? [];
}

const files = PARTS.flatMap((part) =>
  readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' }).map((file) => `${part}/${file}`),
).filter((file) => file.endsWith('.ts') && !/\.(spec|int-spec|conformance)\.ts$/.test(file));

const listed = Object.values(known).flatMap((about) => ('between' in about ? about.between : []));
const pairs = [...new Set([...CALLS, ...listed])];

describe('writes of the engine', () => {
  it('are all listed here, with the points before and after them, or with why they need none', () => {
    const found = files.map((file) => [file, writesOf(file)] as const).filter(([, writes]) => writes.length > 0);
    const expected = Object.entries(known).map(([file, { writes }]) => [file, writes]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });

  it.each(pairs)('are sent between $pair.before and $pair.after', ({ pair, by }) => {
    expect(sourceOf(by)).toMatch(new RegExp(`crashPoint\\('${pair}\\.before'\\)[^]*crashPoint\\('${pair}\\.after'\\)`));
  });

  it('and calls have all the points that there are', () => {
    const points = pairs.flatMap(({ pair }) => [`${pair}.before`, `${pair}.after`]);
    expect(points.toSorted()).toEqual([...crashPoints].toSorted());
  });
});
