import { AsyncLocalStorage } from 'node:async_hooks';
import { traceparent, type TraceContext } from './trace-context.js';

/** What is known about whatever is being worked at: it stands in every log line written meanwhile. */
export interface RequestContext {
  requestId?: string;
  trace?: TraceContext;
  /** Set as soon as the caller is known. */
  userId?: string;
  /** The run that is being executed, or that a job belongs to. */
  runId?: string;
  jobId?: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` and everything it starts with this context. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the current call chain; empty outside of one. */
export function currentContext(): Readonly<RequestContext> {
  return storage.getStore() ?? {};
}

/** Adds to the context of the current call chain, for instance the user once they are known. */
export function addToContext(more: RequestContext): void {
  const context = storage.getStore();
  if (context !== undefined) Object.assign(context, more);
}

/** For the trigger of a run that is started in this call chain, or by `trace`: the trace that a caller brought, if any. */
export function callersTrace(trace = currentContext().trace): { traceparent?: string } {
  return trace?.isCallers === true ? { traceparent: traceparent(trace) } : {};
}
