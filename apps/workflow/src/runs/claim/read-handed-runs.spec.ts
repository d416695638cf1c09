import { newId, type HandedRun } from '@app/contracts';
import { expect, it } from 'vitest';
import { readHandedRuns } from './read-handed-runs.js';

const owner = newId();
const handed: HandedRun = {
  run_id: newId(),
  retention: 30,
  workflow_id: newId(),
  version: 2,
  user_id: newId(),
  accepted_at: '2026-11-30T12:00:00.123Z',
  trigger: { type: 'manual' },
  input: { bb: 1, a: 2 },
  correlation_id: null,
  tags: ['x'],
  depth: 0,
  watched: true,
};

it('Handed runs are as a claim has them, their input as PostgreSQL gives it', () => {
  const [run] = readHandedRuns(owner, JSON.stringify([handed])) ?? [];
  expect(run).toMatchObject({
    runId: handed.run_id,
    owner,
    epoch: 1,
    wasWoken: false,
    status: 'pending',
    watched: true,
  });
  expect(run?.createdAt.toISOString()).toBe(handed.accepted_at);
  expect(JSON.stringify(run?.input)).toBe('{"a":2,"bb":1}');
});

it.each([
  ['no JSON', '{'],
  ['no list', '{}'],
  ['a list of something else', '[1]'],
  ...Object.keys(handed).map((name) => [`without ${name}`, JSON.stringify([{ ...handed, [name]: undefined }])]),
  ['with a time that is none', JSON.stringify([{ ...handed, accepted_at: 'now' }])],
])('What is %s is refused', (_, text) => {
  expect(readHandedRuns(owner, text)).toBeUndefined();
});
