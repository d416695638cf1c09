import { EffectClass } from '@app/contracts';
import { HttpRequestConfig } from '@app/definition';
import { EgressError, type EgressClient, type EgressResponse } from '@app/egress';
import { resolvedConfig } from '../resolved-config.js';
import { StepFailure } from '../step-failure.js';
import type { EffectRunner } from '../step-runner.js';
import { hashOf, httpCall, shownCall, type HttpCall } from './http-call.js';

const DEFAULT_TIMEOUT_MS = 30_000;

/** Answers after which another attempt may end differently (RFC 9110 §15). */
const retryableStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

/** `http.request`: one call with an Idempotency-Key that is equal over attempts and replays. */
export function httpRequestRunner(egress: EgressClient): EffectRunner<HttpCall> {
  return {
    kind: 'effect',
    prepare: async (context) => {
      const call = httpCall(await resolvedConfig(context, HttpRequestConfig));
      return { request: call, input: shownCall(call), hash: hashOf(call) };
    },
    perform: async ({ request }, { runId, path, step, signal }) => {
      const response = await egress
        .request({
          ...request,
          headers: { ...request.headers, 'idempotency-key': `${runId}/${path}` },
          timeoutMs: step.definition.timeout_ms ?? DEFAULT_TIMEOUT_MS,
          signal,
          reuseConnection: step.effect !== EffectClass.Unsafe,
        })
        .catch((error: unknown) => {
          throw failureOf(error, request.method);
        });
      return outputOf(response, request.method);
    },
  };
}

function failureOf(error: unknown, method: string): StepFailure {
  if (!(error instanceof EgressError)) return StepFailure.from(error);
  // A read that brought no answer has no effect that could be in doubt.
  const mayHaveHappened = error.mayHaveHappened && !['GET', 'HEAD', 'OPTIONS'].includes(method);
  const retryable = error.code !== 'EGRESS_REFUSED' && error.code !== 'RESPONSE_TOO_LARGE';
  return new StepFailure({ code: error.code, message: error.message }, { retryable, mayHaveHappened });
}

/** The step's output. An answer of 400 or more is a failure; a DELETE of something that is gone has succeeded. */
function outputOf({ status, headers, body }: EgressResponse, method: string): unknown {
  const output = { status, headers, body: parsed(body, headers['content-type'] ?? '') };
  const isGone = method === 'DELETE' && (status === 404 || status === 410);
  if (status < 400 || isGone) return output;
  const retryAfterMs = retryAfter(headers['retry-after']);
  throw new StepFailure(
    { code: 'HTTP_STATUS', message: `The receiver answered ${status}.`, details: output },
    {
      retryable: retryableStatuses.has(status),
      mayHaveHappened: false,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  );
}

/** JSON as data, text as text, anything else as {base64}. */
function parsed(body: Buffer, contentType: string): unknown {
  if (body.length === 0) return null;
  const text = body.toString('utf8');
  if (/[/+]json\b/i.test(contentType)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return Buffer.from(text, 'utf8').equals(body) ? text : { base64: body.toString('base64') };
}

/** Retry-After in seconds (RFC 9110 §10.2.3), as ms; at most an hour. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{1,6}$/.test(value)) return undefined;
  return Math.min(Number(value), 3_600) * 1_000;
}
