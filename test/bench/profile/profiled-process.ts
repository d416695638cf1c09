import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

/** Loaded into a process by NODE_OPTIONS, which takes no `--cpu-prof`: samples it, and writes that down when it ends. */
const INTERVAL_US = 500;

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
session.post('Profiler.start');

process.on('exit', () => {
  session.post('Profiler.stop', (error, { profile }) => {
    const folder = process.env['BENCH_PROFILES'];
    if (error === null && folder !== undefined)
      writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(profile));
  });
});
