import { AuditActorKind, ContentStatus, newId } from '@app/contracts';
import { ContentCreateConfig, ContentPublishConfig, ContentUpdateConfig } from '@app/definition';
import type { ContentChange } from '@app/database';
import { assertNoLoop } from '../causation.js';
import { resolvedConfig } from '../resolved-config.js';
import type { StepContext, TransactionalRunner, WantedContentChange } from '../step-runner.js';
import { assertStorable } from '../storable-json.js';
import type { SettledJobs } from './settled-jobs.js';

type ContentStepType = WantedContentChange['type'];
type Wanted = Pick<ContentChange, 'op' | 'contentId' | 'fields'>;

/**
 * Steps that change content of the owner, with the statement that the gateway changes it with. It builds on the newest row, so what
 * comes of it is known to the commit alone, which writes it into a job that is over: the step waits for that, in the journal and
 * for whoever takes the run over, and is over with the next entry.
 */
export function contentRunners(jobs: SettledJobs): Record<ContentStepType, TransactionalRunner> {
  const runner = (type: ContentStepType, want: (context: StepContext) => Promise<Wanted>): TransactionalRunner => ({
    kind: 'transactional',
    act: async (context) => {
      const { op, contentId, fields } = await want(context);
      assertNoLoop(context);
      const { userId, path, depth } = context;
      const actor = { kind: AuditActorKind.System, id: userId };
      const change: ContentChange = { op, contentId, userId, actor, depth: depth + 1, ...(fields && { fields }) };
      const shown = { content_id: contentId, ...fields, ...(fields?.body !== undefined && { body: '[text]' }) };
      return { contentChange: { jobId: newId(), type, path, change }, input: shown };
    },
    collect: (job) => job.result?.data ?? null,
    settled: (jobId) => jobs.read(jobId),
  });
  return {
    'content.create': runner('content.create', async (context) => {
      const fields = await storableConfig(context, ContentCreateConfig);
      return { op: 'create', contentId: newId(), fields };
    }),
    'content.update': runner('content.update', async (context) => {
      const { content_id: contentId, ...fields } = await storableConfig(context, ContentUpdateConfig);
      return { op: 'update', contentId, fields };
    }),
    'content.publish': runner('content.publish', async (context) => {
      const { content_id: contentId } = await storableConfig(context, ContentPublishConfig);
      return { op: 'update', contentId, fields: { status: ContentStatus.Published } };
    }),
  };
}

async function storableConfig<C extends object>(context: StepContext, shape: new () => C): Promise<C> {
  const config = await resolvedConfig(context, shape);
  assertStorable(config, context.bounds);
  return config;
}
