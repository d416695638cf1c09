import { RunStatus, StepStatus, type RunStepDto } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../deliveries/deliver.js';
import type { RunRecord } from '../runs/run-record.js';
import { kindsByBranch } from './event-kinds.js';
import { failures } from './failures.js';
import { accountFor, isEverythingAccountedFor } from './outcomes.js';
import { slowestStep, speed } from './speed.js';
import { stepTimes } from './step-times.js';

const at = (ms: number): string => new Date(ms).toISOString();

function step(path: string, ms: number, more: Partial<RunStepDto> = {}): RunStepDto {
  return {
    step_id: path.split('.').at(-1)!,
    path,
    type: 'transform',
    name: path,
    status: StepStatus.Completed,
    attempt: 1,
    input: null,
    output: null,
    error: null,
    started_at: at(0),
    completed_at: at(ms),
    ...more,
  };
}

function record(id: string, steps: RunStepDto[], run: Partial<RunRecord['run']> = {}): RunRecord {
  return {
    run: {
      id,
      workflow_id: 'w',
      workflow_version: 1,
      status: RunStatus.Completed,
      trigger: { type: 'webhook' },
      error: null,
      tags: [],
      correlation_id: null,
      retry_of: null,
      started_at: at(0),
      completed_at: at(1_000),
      created_at: at(0),
      ...run,
    },
    steps,
  };
}

const receipt = (runId: string | undefined, event = 'push'): Receipt => ({
  delivery: { id: `d-${runId}`, event, body: '{}' },
  status: runId === undefined ? 500 : 202,
  runId,
});

describe('accounting', () => {
  const doubtful = record('r4', [step('call', 0, { status: StepStatus.InDoubt, completed_at: null })], {
    status: RunStatus.Waiting,
    completed_at: null,
  });
  const records = [
    record('r1', []),
    record('r2', [], { status: RunStatus.Failed, error: { code: 'HTTP_STATUS', message: 'It answered 500.' } }),
    record('r3', [], { status: RunStatus.Cancelled }),
    doubtful,
  ];
  const known = ['r1', 'r2', 'r3', 'r4'].map((id) => receipt(id));

  it('knows each end, and calls a run that waits for a person in doubt', () => {
    const accounts = accountFor(known, records);
    expect(accounts.map(({ outcome }) => outcome)).toEqual(['completed', 'failed', 'cancelled', 'in doubt']);
    expect(isEverythingAccountedFor(accounts, records.length)).toBe(true);
  });

  it.each([
    ['refused', [...known, receipt(undefined)], records],
    ['lost', [...known, receipt('r5')], records],
    ['unfinished', [...known, receipt('r5')], [...records, record('r5', [], { status: RunStatus.Running })]],
    ['completed', [...known, receipt('r1')], records],
    ['in doubt', known, [...records, record('nobody asked for it', [])]],
  ])('does not add up when a payload is %s', (outcome, receipts, runs) => {
    const accounts = accountFor(receipts, runs);
    expect(accounts.at(-1)?.outcome).toBe(outcome);
    expect(isEverythingAccountedFor(accounts, runs.length)).toBe(false);
  });

  it('says why a payload did not end well', () => {
    const [text] = failures(accountFor([...known, receipt(undefined)], records));
    expect(text).toContain('run: HTTP_STATUS It answered 500.');
    expect(text).toContain('call is in_doubt');
    expect(text).toContain('the hook answered 500');
    expect(failures(accountFor([receipt('r1')], records))).toEqual([]);
  });
});

describe('times', () => {
  const records = [10, 20, 30].map((ms, i) =>
    record(`r${i}`, [step('a', ms), step('each', 500, { type: 'switch' }), step('never', 0, { started_at: null })], {
      created_at: at(i * 1_000),
      completed_at: at(i * 1_000 + 1_000),
    }),
  );

  it('of steps are those of the runs in which they ran', () => {
    expect(stepTimes(records)).toEqual([
      { path: 'each', type: 'switch', count: 3, median: 500, p95: 500, longest: 500 },
      { path: 'a', type: 'transform', count: 3, median: 20, p95: 30, longest: 30 },
    ]);
    expect(slowestStep(records)).toBe('Slowest step: a (transform), half of them take 20 ms or more.');
  });

  it('of all runs but the first make the speed', () => {
    expect(speed(records)).toBe('2 runs in 2.0 s: 1.0 runs per second.');
    expect(speed([])).toBe('Too few runs to tell a speed.');
  });
});

it('kinds of event stand under the branch that their runs took', () => {
  const records = [record('r1', [step('summary.push', 1)]), record('r2', [step('summary.other', 1)]), record('r3', [])];
  const receipts = [receipt('r1'), receipt('r2', 'star'), receipt('r3', 'star')];
  expect(kindsByBranch(accountFor(receipts, records))).toEqual([
    { branch: 'push', posted: 1, completed: 1, kinds: 'push 1' },
    { branch: 'other', posted: 1, completed: 1, kinds: 'star 1' },
    { branch: '-', posted: 1, completed: 1, kinds: 'star 1' },
  ]);
});
