import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';
import { readLogCall } from './log-call.js';

/** Parts of Nest that tell what they wire up: worth reading only when something is wrong with that. */
const wiring = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/** Lets Nest and everything that logs through its `Logger` write to the process's JSON logger. */
export class NestLogger implements LoggerService {
  constructor(readonly logger: Logger) {}

  log(message: unknown, ...more: unknown[]): void {
    const { fields, text } = readLogCall(message, more);
    this.logger[wiring.has(String(fields['context'])) ? 'debug' : 'info'](fields, text);
  }

  fatal(message: unknown, ...more: unknown[]): void {
    const { fields, text } = readLogCall(message, more);
    this.logger.fatal(fields, text);
  }

  error(message: unknown, ...more: unknown[]): void {
    const { fields, text } = readLogCall(message, more);
    // Nest's exception zone logs and rethrows: whoever catches it there (see runProcess) tells it once.
    this.logger[fields['context'] === 'ExceptionHandler' ? 'debug' : 'error'](fields, text);
  }

  warn(message: unknown, ...more: unknown[]): void {
    const { fields, text } = readLogCall(message, more);
    this.logger.warn(fields, text);
  }

  debug(message: unknown, ...more: unknown[]): void {
    const { fields, text } = readLogCall(message, more);
    this.logger.debug(fields, text);
  }

  verbose(message: unknown, ...more: unknown[]): void {
    const { fields, text } = readLogCall(message, more);
    this.logger.trace(fields, text);
  }
}
