import { newId, type EndedRun } from '@app/contracts';
import { expect, it } from 'vitest';
import { readEnd } from './read-end.js';

const id = newId();
const ended: EndedRun = {
  run: {
    id,
    workflow_id: newId(),
    workflow_version: 2,
    status: 'completed',
    trigger: { type: 'webhook' },
    error: null,
    tags: ['x'],
    correlation_id: null,
    retry_of: null,
    started_at: '2026-12-01T12:00:00.123Z',
    completed_at: '2026-12-01T12:00:00.124Z',
    created_at: '2026-12-01T12:00:00.120Z',
  },
  output: { bb: 1, a: 2 },
};

it('An end is what whoever reads the run sees, its output as PostgreSQL gives it', () => {
  const end = readEnd(id, JSON.stringify(ended));
  expect(end).toEqual({ run: ended.run, output: { a: 2, bb: 1 }, outputBlob: null });
  expect(JSON.stringify(end?.output)).toBe('{"a":2,"bb":1}');
});

it.each<[string, string | undefined]>([
  ['nothing', ''],
  ['no line', undefined],
  ['no JSON', '{'],
  ['something else', '1'],
  ['an end without a run', JSON.stringify({ ...ended, run: null })],
  ['an end without an output', JSON.stringify({ ...ended, output: undefined })],
  ...Object.keys(ended.run).map((name): [string, string] => [
    `without ${name}`,
    JSON.stringify({ ...ended, run: { ...ended.run, [name]: undefined } }),
  ]),
  ['of a run that goes on', JSON.stringify({ ...ended, run: { ...ended.run, status: 'running' } })],
  ['of another run', JSON.stringify({ ...ended, run: { ...ended.run, id: newId() } })],
])('The run is read when its line is %s', (_, text) => {
  expect(readEnd(id, text)).toBeUndefined();
});
