import { describe, expect, it } from 'vitest';
import { callersTrace, runInContext } from './request-context.js';
import { childSpan, continueTrace, runTrace, traceparent } from './trace-context.js';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

describe('continueTrace', () => {
  it('stays in the trace of the caller with a span of its own', () => {
    const context = continueTrace(`00-${trace}-${span}-01`);
    expect(context).toMatchObject({ traceId: trace, sampled: true });
    expect(context.spanId).not.toBe(span);
    expect(traceparent(context)).toBe(`00-${trace}-${context.spanId}-01`);
  });

  it('reads a later version as version 00', () => {
    expect(continueTrace(`01-${trace}-${span}-00-more`).traceId).toBe(trace);
  });

  it.each([
    undefined,
    '',
    'x',
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `ff-${trace}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `00-${trace.toUpperCase()}-${span}-01`,
  ])('begins a trace of its own after %j', (header) => {
    const { traceId } = continueTrace(header);
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceId).not.toBe(trace);
    expect(continueTrace(header).traceId).not.toBe(traceId);
  });
});

describe('runTrace', () => {
  it('has the id of the run, and a span for each request', () => {
    const run = runTrace('01890a5d-ac96-774b-bcce-b302099a8057');
    const [one, two] = [childSpan(run), childSpan(run)];
    expect(traceparent(one)).toMatch(/^00-01890a5dac96774bbcceb302099a8057-[0-9a-f]{16}-01$/);
    expect(new Set([run.spanId, one.spanId, two.spanId]).size).toBe(3);
    expect(continueTrace(traceparent(one)).traceId).toBe(run.traceId);
  });
});

it('The trace of a run is that of whoever started it, if what they brought is one', () => {
  const [run, callers] = ['01890a5d-ac96-774b-bcce-b302099a8057', `00-${trace}-${span}-00`];
  expect(runTrace(run, callers)).toMatchObject({ traceId: trace, sampled: false });
  for (const none of [undefined, 7, 'x', `00-${'0'.repeat(32)}-${span}-01`]) {
    expect(runTrace(run, none)).toMatchObject({ traceId: run.replaceAll('-', ''), sampled: true });
  }
});

it('callersTrace is the trace that came with a request, and none that began here', () => {
  const within = (header?: string) => runInContext({ trace: continueTrace(header) }, callersTrace);
  expect(within(`00-${trace}-${span}-01`).traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
  expect(within()).toEqual({});
  expect(callersTrace()).toEqual({});
});

it('childSpan begins a trace where there is none', () => {
  expect(continueTrace(traceparent(childSpan(undefined))).traceId).toMatch(/^[0-9a-f]{32}$/);
});
