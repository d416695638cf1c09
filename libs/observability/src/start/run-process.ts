import { rememberRules } from '@app/contracts';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestApplicationContextOptions } from '@nestjs/common/interfaces/nest-application-context-options.interface.js';
import type { Logger } from 'pino';
import { NestLogger } from '../logging/nest-logger.js';
import { endOnSignals } from '../shutdown/end-process.js';
import { explainStartFailure } from './explain-start-failure.js';

/** Nest's own logger never speaks: lines are held back until ours is there, and a failed start is explained here. */
const bootOptions = { bufferLogs: true, autoFlushLogs: false, abortOnError: false } as const;

/**
 * The life of a service: create it, start it, end it on a signal. A start that fails prints why on stderr, one line
 * for each mistake that can be mended, and ends the process with exit code 1.
 * @param create makes the Nest application with the given options
 * @param start makes it serve: `listen`, or `init` when it has no server
 */
export async function runProcess<A extends INestApplicationContext>(
  create: (options: NestApplicationContextOptions) => Promise<A>,
  start: (app: A) => Promise<unknown>,
): Promise<void> {
  rememberRules();
  try {
    const app = await create(bootOptions);
    const nestLogger = app.get(NestLogger);
    app.useLogger(nestLogger);
    app.flushLogs();
    endOnSignals(app, nestLogger.logger);
    endOnCrash(nestLogger.logger);
    await start(app);
    nestLogger.logger.info({ pid: process.pid, start_ms: Math.round(process.uptime() * 1_000) }, 'ready');
  } catch (error) {
    process.stderr.write(`${explainStartFailure(error)}\n`);
    process.exit(1);
  }
}

/** After an error that nobody caught nothing is known about this process any more; its lease lets another one go on. */
function endOnCrash(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'crashed');
    process.exit(1);
  });
}
