import { GracefulShutdown, HealthService } from '@app/observability';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ReplicaRoom } from '@app/contracts';
import { HandedRuns } from './handed-runs.service.js';

beforeEach(() => {
  Logger.overrideLogger(false);
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

/** A replica that has room, and what it tells of it: when, for whom and how much. */
function world() {
  const its = { id: 'r1' as string | undefined, room: 10 };
  const told: [number, string, number][] = [];
  const startedAt = performance.now();
  const publish = (_: string, { owner, room }: ReplicaRoom): void =>
    void told.push([Math.round(performance.now() - startedAt), owner, room]);
  const claimer = { freeRoom: () => its.room, begin: async () => undefined };
  const needed = [{ publish }, { id: () => its.id }, claimer, new GracefulShutdown(new HealthService())] as const;
  const handed = new HandedRuns(...(needed as unknown as ConstructorParameters<typeof HandedRuns>));
  handed.start();
  return { its, told, handed, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

it('says every other second what gateways know, which they go by for 2.5 s', async () => {
  const { told, pass } = world();
  await pass(6_500);
  expect(told).toEqual([0, 2_000, 4_000, 6_000].map((at) => [at, 'r1', 10]));
});

it('says within a second that there is more or less room, or that it goes by another id', async () => {
  const { its, told, pass } = world();
  await pass(500);
  its.room = 0;
  await pass(1_000);
  its.room = 7;
  await pass(1_000);
  its.id = undefined;
  await pass(2_000);
  its.id = 'r2';
  await pass(1_000);
  expect(told).toEqual([
    [0, 'r1', 10],
    [1_000, 'r1', 0],
    [2_000, 'r1', 7],
    [5_000, 'r2', 7],
  ]);
});

it('says at once what there is room for after runs were handed over, also when it is what it said before', async () => {
  const { told, handed, pass } = world();
  await pass(500);
  await handed.begin({ owner: 'r1', runs: '[]' });
  await pass(400);
  expect(told).toEqual([
    [0, 'r1', 10],
    [500, 'r1', 10],
  ]);
});
