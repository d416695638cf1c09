import type { INestApplicationContext } from '@nestjs/common';
import type { Logger } from 'pino';
import { GracefulShutdown } from './graceful-shutdown.js';

/** `npm start` and Kubernetes give a process 10 s and 30 s: this leaves both a margin. */
const DEADLINE_MS = 8_000;

/**
 * Ends the process when it is told to (SIGTERM, SIGINT): the shutdown hooks, then Nest's, then exit code 0. Past the
 * deadline it ends with exit code 1; what was under way is then recovered as after a crash. A second Ctrl-C ends it at
 * once; supervisors that repeat SIGTERM do not.
 */
export function endOnSignals(app: INestApplicationContext, logger: Logger, deadlineMs = DEADLINE_MS): void {
  let ending = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (ending && signal === 'SIGINT') process.exit(1);
    if (ending) return;
    ending = true;
    logger.info({ signal }, 'stopping');
    const deadline = setTimeout(() => {
      logger.warn({ deadline_ms: deadlineMs }, 'did not stop in time');
      process.exit(1);
    }, deadlineMs);
    void end(app, logger).then((code) => {
      clearTimeout(deadline);
      process.exit(code);
    });
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function end(app: INestApplicationContext, logger: Logger): Promise<number> {
  const failures = await app.get(GracefulShutdown).run();
  for (const { name, error } of failures) logger.error({ err: error, hook: name }, 'a shutdown hook failed');
  try {
    await app.close();
  } catch (error) {
    logger.error({ err: error }, 'closing failed');
    return 1;
  }
  logger.info('stopped');
  return failures.length === 0 ? 0 : 1;
}
