import { newId, type RunProgressed } from '@app/contracts';
import { expect, it } from 'vitest';
import type { RunCommit } from './run-commit.js';
import { endsOf, type WrittenRuns } from './run-ends.js';

const date = new Date('2026-12-01T00:00:00.000Z');

/** Commits that end runs somebody waits for, and what the statement answers. */
function ended(count: number, outputJson: string): { rows: RunCommit[]; written: Map<string, WrittenRun> } {
  const rows = Array.from({ length: count }, () => {
    const row = { runId: newId(), watched: true, next: { kind: 'finish' }, blobs: [], outputJson };
    return row as unknown as RunCommit;
  });
  return { rows, written: new Map(rows.map(({ runId }) => [runId, rowOf(runId)])) };
}

type WrittenRun = WrittenRuns extends ReadonlyMap<string, infer Row> ? Row : never;

function rowOf(id: string): WrittenRun {
  const times = { started_at: date, completed_at: date, created_at: date };
  const none = { error: null, correlation_id: null, retry_of: null };
  return {
    id,
    workflow_id: newId(),
    version: 1,
    status: 'completed',
    trigger: { type: 'webhook' },
    tags: [],
    ...none,
    ...times,
  };
}

const idsOf = (messages: readonly RunProgressed[]): string[] => messages.flatMap(({ run_ids }) => run_ids);

it('One message tells of many runs, and of each in a line of its own', () => {
  const { rows, written } = ended(3, '"a\\nb"');
  const [message, ...more] = endsOf(rows, written);
  expect(more).toEqual([]);
  expect(message?.run_ids).toEqual(rows.map(({ runId }) => runId));
  const lines = (message?.ends ?? '').split('\n').map((line) => JSON.parse(line) as unknown);
  expect(lines).toMatchObject(rows.map(({ runId }) => ({ run: { id: runId }, output: 'a\nb' })));
});

it('No message has more than 500 runs, or more than half of the text that a receiver takes', () => {
  const many = ended(501, 'null');
  expect(endsOf(many.rows, many.written).map(({ run_ids }) => run_ids.length)).toEqual([500, 1]);
  const large = ended(200, JSON.stringify('x'.repeat(7_000)));
  const messages = endsOf(large.rows, large.written);
  expect(messages.length).toBeGreaterThan(1);
  for (const { ends = '' } of messages) expect(ends.length).toBeLessThan(1_048_576 / 2 + 500);
  expect(idsOf(messages)).toEqual(large.rows.map(({ runId }) => runId));
});

it('What the statement did not answer with is named only', () => {
  const { rows } = ended(2, 'null');
  const written = new Map(rows.map(({ runId }) => [runId, undefined]));
  expect(endsOf(rows, written)).toEqual([{ run_ids: rows.map(({ runId }) => runId) }]);
});

it('A run that was not written, that nobody waits for, or that goes on is not named', () => {
  const { rows, written } = ended(3, 'null');
  const [fenced, quiet, going] = rows as [RunCommit, RunCommit, RunCommit];
  written.delete(fenced.runId);
  const others = [
    { ...quiet, watched: false },
    { ...going, next: { kind: 'keep' } as const },
  ];
  expect(endsOf([fenced, ...others], written)).toEqual([]);
});
