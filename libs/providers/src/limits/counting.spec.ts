import { expect, it } from 'vitest';
import { Counting, type CountingOptions } from './counting.js';
import { limitTimes } from './limit-times.js';

const times = limitTimes(100);

/** A process, and what it sees: all that it is told can be changed. */
function world() {
  const seen = { now: 0, redis: true, id: 'b' as string | undefined, rows: [['a', false]] as [string, boolean][] };
  const told: boolean[] = [];
  let forgotten = 0;
  let asked = 0;
  const query = async ({ name, values }: { name: string; values?: [string, boolean] }): Promise<unknown> => {
    if (name === 'publish-counting' && values !== undefined) told.push(values[1]);
    const rows = [...seen.rows, ['b', told.at(-1) ?? false] as const];
    return { rows: [{ replicas: rows.map(([id, isApart]) => ({ id, isApart, isDead: false })) }] };
  };
  const shared = {
    isThere: async () => ((asked += 1), seen.redis),
    forget: async () => ((forgotten += 1), seen.redis),
  };
  const counting = new Counting({
    pool: { query } as unknown as CountingOptions['pool'],
    shared,
    replicaId: () => seen.id,
    times,
    now: () => seen.now,
  });
  return { seen, told, counting, way: () => counting.current?.way, forgotten: () => forgotten, asked: () => asked };
}

it('counts together with everybody who reaches Redis, and goes by what it read for a short time only', async () => {
  const { seen, counting, way, forgotten } = world();
  expect(way()).toBeUndefined();
  await counting.look();
  expect(way()).toEqual({ isApart: false });
  seen.now = times.stale;
  expect(way()).toEqual({ isApart: false });
  seen.now += 1;
  expect(way()).toBeUndefined();
  expect(forgotten()).toBe(0);
});

it('counts apart as soon as one replica does, and from then on anew with each that comes or goes', async () => {
  const { seen, told, counting, way } = world();
  seen.rows = [['a', true]];
  await counting.look();
  expect(way()).toEqual({ isApart: true, replicas: 2, rank: 1 });
  seen.now = 50;
  await counting.look();
  expect(counting.current?.since).toBe(0);
  seen.rows.push(['aa', false]);
  await counting.look();
  expect(counting.current).toMatchObject({ way: { isApart: true, replicas: 3, rank: 2 }, since: 50 });
  expect(told).toEqual([false, false, false]);
});

it('says that it counts apart when Redis has been away for a while, and tells Redis so before it counts there again', async () => {
  const { seen, told, counting, way, forgotten } = world();
  await counting.look();
  seen.redis = false;
  seen.now = times.away;
  await counting.look();
  expect(way()).toEqual({ isApart: false });
  seen.now += 1;
  await counting.look();
  expect(way()).toMatchObject({ isApart: true });
  seen.redis = true;
  await counting.look();
  expect([told, way(), forgotten()]).toEqual([[false, false, true, false], { isApart: false }, 1]);
});

it('asks Redis again when its answer is old, and at each look while it does not answer', async () => {
  const { seen, counting, asked } = world();
  const lookAt = async (at: number): Promise<number> => ((seen.now = at), await counting.look(), asked());
  expect(await lookAt(times.ask - 1)).toBe(0);
  expect(await lookAt(times.ask)).toBe(1);
  expect(await lookAt(2 * times.ask - 1)).toBe(1);
  seen.redis = false;
  for (let look = 1; look <= 8; look += 1) expect(await lookAt(2 * times.ask + look * 500)).toBe(1 + look);
  expect(counting.current?.way.isApart).toBe(true);
  seen.redis = true;
  expect(await lookAt(2 * times.ask + 4_100)).toBe(10);
  expect(counting.current?.way.isApart).toBe(false);
});

it('gives nothing while it has no lease', async () => {
  const { seen, counting, way } = world();
  await counting.look();
  seen.id = undefined;
  await counting.look();
  expect(way()).toBeUndefined();
});
