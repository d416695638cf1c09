import { randomUUID } from 'node:crypto';

/** Where in a distributed trace something happens (W3C Trace Context, level 1). */
export interface TraceContext {
  /** 32 hex digits, equal for everything one request causes. */
  traceId: string;
  /** 16 hex digits of this step of the trace. */
  spanId: string;
  /** Whether the caller records the trace. */
  sampled: boolean;
  /** It is a caller's trace, and was not begun here. */
  isCallers?: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The trace a request belongs to: the caller's, with a new span of ours, or a fresh one when the header is absent or
 * malformed (W3C Trace Context §3.2: version ff and all-zero ids are invalid, later versions are read as version 00).
 * @param header the value of `traceparent`
 */
export function continueTrace(header?: string): TraceContext {
  const [, version, traceId, parentId, flags = '00', more] = TRACEPARENT.exec(header ?? '') ?? [];
  const valid = version !== 'ff' && isSet(traceId) && isSet(parentId) && !(version === '00' && more !== undefined);
  // A UUID comes from a pool of random bytes; fetching them from the system for each request is slow.
  const random = randomUUID().replaceAll('-', '');
  const spanId = random.slice(16);
  if (!valid || traceId === undefined) return { traceId: random, spanId, sampled: false };
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1, isCallers: true };
}

/**
 * The trace of a run: that of whoever started it, if they brought one. Otherwise its id is the run's (a UUIDv7 without the
 * dashes: 128 bits, 62 of them random), and it says "sampled" because the run is recorded, in its journal. So it is the same in
 * every attempt, on every replica and after every restart.
 * @param callers the `traceparent` that the run was started with
 */
export function runTrace(runId: string, callers?: unknown): TraceContext {
  const trace = typeof callers === 'string' ? continueTrace(callers) : undefined;
  if (trace?.isCallers === true) return trace;
  return { traceId: runId.replaceAll('-', ''), spanId: newSpanId(), sampled: true };
}

/** A step further in the same trace: for one request that is made within it. A trace of its own when there is none. */
export function childSpan(trace: TraceContext | undefined): TraceContext {
  return trace === undefined ? continueTrace() : { ...trace, spanId: newSpanId() };
}

/** The `traceparent` header for a call that belongs to this trace. */
export function traceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

function newSpanId(): string {
  const random = randomUUID();
  return random.slice(19, 23) + random.slice(24);
}

function isSet(id: string | undefined): boolean {
  return id !== undefined && !/^0+$/.test(id);
}
