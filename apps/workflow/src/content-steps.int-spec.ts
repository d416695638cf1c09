import { AuditActorKind, newId } from '@app/contracts';
import { changeContentSql, contentChangeRow, type ContentChange } from '@app/database';
import { standardBounds, type StepDefinition } from '@app/definition';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkflowService } from '../../../test/workflow/workflow-service.js';

let service: WorkflowService;

beforeAll(async () => (service = await WorkflowService.start()));
afterAll(() => service.stop());

const step = (type: string, config: Record<string, unknown>, more: Partial<StepDefinition> = {}): StepDefinition => ({
  id: type.split('.')[1] ?? type,
  type,
  config,
  ...more,
});

/** Changes content as the gateway does. */
async function change(more: Partial<ContentChange>): Promise<string> {
  const actor = { kind: AuditActorKind.User, id: service.userId };
  const wanted = { op: 'create', contentId: newId(), userId: service.userId, actor, depth: 0, ...more } as const;
  await service.pool.query(changeContentSql, [JSON.stringify([contentChangeRow(wanted)])]);
  return wanted.contentId;
}
const made = (userId = service.userId): Promise<string> =>
  change({ userId, fields: { type: 'note', title: 'Bread', body: 'Flour.' } });

async function rowsOf(
  id: string,
): Promise<Record<'content' | 'revisions' | 'events' | 'trail', Record<string, unknown>[]>> {
  const read = async (sql: string) => (await service.pool.query<Record<string, unknown>>(sql, [id])).rows;
  const [content, revisions, events, trail] = await Promise.all([
    read('SELECT * FROM content WHERE id = $1'),
    read('SELECT * FROM content_revisions WHERE content_id = $1 ORDER BY version'),
    read(`SELECT type, depth, run_id, event FROM events WHERE source = '/content/' || $1 ORDER BY id`),
    read('SELECT action, actor_kind, actor_id, details FROM audit_events WHERE subject_id = $1 ORDER BY id'),
  ]);
  return { content, revisions, events, trail };
}

describe('a step', () => {
  it('makes content of the owner, with its revision, events and trail', async () => {
    const config = {
      type: 'note',
      title: '{{ input.title }}',
      body: 'Text.',
      metadata: { n: '{{ 1 + 1 }}' },
      status: 'published',
    };
    const id = await service.start([step('content.create', config)], { title: 'Made' });
    const { output } = (await service.becomes(id, 'completed')) as { output: { id: string } };
    const { content, revisions, events, trail } = await rowsOf(output.id);
    expect(content).toMatchObject([
      { user_id: service.userId, title: 'Made', body: 'Text.', metadata: { n: 2 }, status: 'published', version: 1 },
    ]);
    const { published_at, created_at } = content[0] as { published_at: Date; created_at: Date };
    const time = published_at.toISOString();
    const facts = { id: output.id, type: 'note', title: 'Made', status: 'published', version: 1, published_at: time };
    expect(output).toEqual({ ...facts, created_at: created_at.toISOString(), updated_at: time });
    expect(revisions).toMatchObject([{ version: 1, title: 'Made', body: 'Text.', status: 'published' }]);
    expect(events).toMatchObject([
      { type: 'content.created', depth: 1, run_id: id, event: { data: facts, subject: output.id } },
      { type: 'content.published', depth: 1, run_id: id, event: { data: facts } },
    ]);
    const details = { version: 1, run_id: id, step: 'create' };
    expect(trail).toEqual([{ action: 'content.created', actor_kind: 'system', actor_id: service.userId, details }]);
    expect(await service.steps(id)).toMatchObject([
      { path: 'create', status: 'completed', input: { content_id: output.id, title: 'Made', body: '[text]' } },
    ]);
  });

  it('changes content, and publishes it, whatever others have made of it meanwhile', async () => {
    const contentId = await made();
    const steps = [
      step('content.update', { content_id: '{{ input.id }}', title: 'Cake', metadata: { n: 1 } }),
      step('content.publish', { content_id: '{{ steps.update.output.id }}' }),
    ];
    const id = await service.start(steps, { id: contentId });
    expect(await service.becomes(id, 'completed')).toMatchObject({
      output: { id: contentId, title: 'Cake', status: 'published', version: 3 },
    });
    const { content, events } = await rowsOf(contentId);
    expect(content).toMatchObject([{ title: 'Cake', body: 'Flour.', metadata: { n: 1 } }]);
    expect(events.map(({ type }) => type)).toEqual(['content.created', 'content.updated', 'content.published']);
  });

  it('that changes nothing has the content for its output, and leaves it as it is', async () => {
    const contentId = await made();
    const publish = step('content.publish', { content_id: contentId });
    const again = await service.start([publish, { ...publish, id: 'again' }]);
    expect(await service.becomes(again, 'completed')).toMatchObject({ output: { version: 2, status: 'published' } });
    expect((await rowsOf(contentId)).revisions).toHaveLength(2);
  });

  it.each(['content.update', 'content.publish'])(
    '%s fails when the content is not there or not the owner’s',
    async (type) => {
      const other = newId();
      await service.pool.query(
        `INSERT INTO users (id, email, name) VALUES ($1::uuid, $1::text || '@example.com', 'B')`,
        [other],
      );
      const theirs = await made(other);
      const deleted = await made();
      await change({ op: 'delete', contentId: deleted });
      for (const content_id of [newId(), theirs, deleted]) {
        const id = await service.start([
          step(type, { content_id }, { retry: { max_attempts: 3, delay_ms: 1, backoff: 1 } }),
        ]);
        expect(await service.becomes(id, 'failed')).toMatchObject({
          error: { code: 'CONTENT_MISSING', message: expect.stringContaining(content_id) },
        });
        expect(await service.steps(id)).toMatchObject([{ status: 'failed', attempt: 1 }]);
      }
      expect((await rowsOf(theirs)).content).toMatchObject([{ version: 1, status: 'draft' }]);
    },
  );

  it('fails by the name of a field that is not valid once it is resolved', async () => {
    const config = { type: 'note', title: 'x', metadata: { text: '{{ input.text }}' } };
    const id = await service.start([step('content.create', config)], { text: 'x'.repeat(65_536) });
    expect(await service.becomes(id, 'failed')).toMatchObject({
      error: { code: 'CONFIG_INVALID', message: expect.stringContaining('config.metadata') },
    });
    const deep = await service.execute(
      await service.createWorkflow([step('content.create', config)]),
      {},
      standardBounds.maxCauses,
    );
    expect(await service.becomes(deep, 'failed')).toMatchObject({ error: { code: 'LOOP_DETECTED' } });
  });

  it('in branches, in turns and in many runs at once: each change is made once, and none is lost', async () => {
    const contentId = await made();
    const update = (id: string, title: string): StepDefinition =>
      step('content.update', { content_id: contentId, title }, { id });
    const steps: StepDefinition[] = [
      {
        id: 'both',
        type: 'parallel',
        config: { branches: { a: [update('a', 'a {{ input.n }}')], b: [update('b', 'b {{ input.n }}')] } },
      },
      {
        id: 'each',
        type: 'foreach',
        config: { items: '[1..3]', concurrency: 3, steps: [update('c', 'c {{ input.n }} {{ index }}')] },
      },
    ];
    const workflowId = await service.createWorkflow(steps);
    const runs = await Promise.all(Array.from({ length: 10 }, (_, n) => service.execute(workflowId, { n })));
    const ended = await Promise.all(runs.map((id) => service.becomes(id, 'completed', 'failed')));
    expect(ended.map(({ status }) => status)).toEqual(runs.map(() => 'completed'));
    const { content, revisions, events } = await rowsOf(contentId);
    expect(content).toMatchObject([{ version: 51 }]);
    expect(revisions.map(({ version }) => version)).toEqual(Array.from({ length: 51 }, (_, n) => n + 1));
    expect(new Set(revisions.map(({ title }) => title)).size).toBe(51);
    expect(events).toHaveLength(51);
  }, 30_000);
});

it('content.published starts the workflow that waits for it, with the content in its event', async () => {
  const workflowId = await service.createWorkflow([
    { id: 'seen', type: 'transform', config: { expression: 'input.data.title' } },
  ]);
  const trigger = JSON.stringify({ trigger: { type: 'content.published', filter: `event.data.type = 'note'` } });
  const sql = `UPDATE workflows SET trigger_type = 'event', status = 'active', config = $2 WHERE id = $1`;
  await service.pool.query(sql, [workflowId, trigger]);
  const contentId = await made();
  await change({ op: 'update', contentId, fields: { status: 'published' } });
  const runs = await eventually(async () => {
    const found = `SELECT output, depth, trigger FROM workflow_runs WHERE workflow_id = $1 AND status = 'completed'`;
    const { rows } = await service.pool.query(found, [workflowId]);
    return rows.length > 0 && rows;
  });
  expect(runs).toMatchObject([{ output: 'Bread', depth: 0, trigger: { source: `/content/${contentId}` } }]);
  await service.pool.query(`UPDATE workflows SET status = 'inactive' WHERE id = $1`, [workflowId]);
});
