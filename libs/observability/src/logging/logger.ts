import type { LogLevel, ProcessName } from '@app/config';
import { pino, type Bindings, type ChildLoggerOptions, type DestinationStream, type Logger } from 'pino';
import { currentContext } from '../context/request-context.js';
import { redact } from './redact.js';
import { scrub } from './scrub.js';

/**
 * The JSON logger of a process: one line per event on stdout, with the service and, when there are any, the ids of
 * request, trace, user, run and job. Secrets never reach it: fields by their names, texts by their look.
 * @param service written into every line
 * @param level the least severe level that is written
 * @param destination where lines go instead of stdout, for tests
 */
export function createLogger(service: ProcessName, level: LogLevel = 'info', destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: contextFields,
    formatters: { level: (label: string) => ({ level: label }), log: redactFields },
    // Errors are plain by the time serializers run; pino's own would serialise them once more.
    serializers: { err: (err: unknown) => err },
    hooks: { streamWrite: scrub },
  };
  return redactingChildren(destination === undefined ? pino(options) : pino(options, destination));
}

type MakeChild = (this: Logger, fields: Bindings, options?: ChildLoggerOptions) => Logger;

/** pino runs no formatter over the fields of a child logger. Children of children inherit this one. */
function redactingChildren(logger: Logger): Logger {
  const child = Reflect.get(logger, 'child') as unknown as MakeChild;
  return Object.assign(logger, {
    child(this: Logger, fields: Bindings, options?: ChildLoggerOptions) {
      return child.call(this, redactFields(fields), options);
    },
  });
}

function redactFields(fields: object): Record<string, unknown> {
  return redact(fields) as Record<string, unknown>;
}

function contextFields(): Record<string, string> {
  const { requestId, trace, userId, runId, jobId } = currentContext();
  return {
    ...(requestId !== undefined && { request_id: requestId }),
    ...(trace !== undefined && { trace_id: trace.traceId }),
    ...(userId !== undefined && { user_id: userId }),
    ...(runId !== undefined && { run_id: runId }),
    ...(jobId !== undefined && { job_id: jobId }),
  };
}
