import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchWorld } from '../bench-world.js';
import { measureRuns } from '../measure-runs.js';
import { executeLoad } from './execute.js';
import { pureSteps, type Workload } from './workload.js';

const WARM_UP_SECONDS = 5;
/** A wait for a lock that is longer than this is too long. */
const LOCK_WAIT = '10ms';

export const replicas: Workload = {
  letter: 'G',
  title: 'A with two workflow replicas and two gateways',
  bar: 0.06 * 0.75,
  ofA: 0.75,
  prepare: async (world, notes) => {
    const [gateway] = await Promise.all([world.addReplica('gateway'), world.addReplica('workflow')]);
    await world.db.query(`ALTER SYSTEM SET deadlock_timeout = '${LOCK_WAIT}'`);
    await world.db.query('ALTER SYSTEM SET log_lock_waits = on');
    await world.db.query('SELECT pg_reload_conf()');
    const load = await executeLoad(world, pureSteps);
    const { pathname } = new URL(load.url);
    const shared = { ...load, more: [`http://127.0.0.1:${gateway.port}${pathname}`] };
    await measureRuns(world, shared, WARM_UP_SECONDS);
    return async () => {
      const before = databaseLog(world).length;
      const figures = await measureRuns(world, shared);
      const log = databaseLog(world).slice(before);
      const count = (pattern: RegExp): number => log.match(pattern)?.length ?? 0;
      notes.push(
        `G: ${count(/deadlock detected/g)} deadlocks, ${count(/could not serialize/g)} serialization errors, ` +
          `${count(/still waiting for/g)} waits for a lock over ${LOCK_WAIT}`,
      );
      return figures;
    };
  },
};

function databaseLog({ platform }: BenchWorld): string {
  return readFileSync(join(platform.dataDir, 'logs', 'postgres.log'), 'utf8');
}
