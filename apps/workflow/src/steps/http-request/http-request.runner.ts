import { EffectClass, type RunError } from '@app/contracts';
import { HTTP_TIMEOUT_MS, HttpRequestConfig } from '@app/definition';
import { EgressError, isSafe, type EgressClient, type EgressErrorCode, type EgressResponse } from '@app/egress';
import { resolvedConfig } from '../resolved-config.js';
import { StepFailure } from '../step-failure.js';
import type { EffectRunner, StepContext } from '../step-runner.js';
import { references, type Revealed, type SecretReader } from '../secrets/secret-reader.js';
import { withoutSecrets } from '../secrets/without-secrets.js';
import { answerOf } from './http-answer.js';
import { hashOf, httpCall, shownCall, type HttpCall } from './http-call.js';
import { probe } from './probe.js';
import { retryAfterMs } from './retry-after.js';
import { redirectLimits, type RedirectLimits } from './redirect-limits.js';

/** Answers after which another attempt may end differently (RFC 9110 §15). */
const retryableStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Failures that every attempt would end with. */
const permanent: ReadonlySet<EgressErrorCode> = new Set(['CONFIG_INVALID', 'EGRESS_REFUSED', 'RESPONSE_TOO_LARGE']);

/** A call, and the secrets in it, which must not come back from its receiver into the journal. */
interface SecretCall {
  call: HttpCall;
  secrets: Revealed;
  limits: RedirectLimits;
}

/** `http.request`: one call with an Idempotency-Key that is equal over attempts and replays. */
export function httpRequestRunner(egress: EgressClient, reader: SecretReader): EffectRunner<SecretCall> {
  return {
    kind: 'effect',
    prepare: async (context) => {
      const { secrets: names } = context.step;
      const shown = httpCall(await resolvedConfig(withSecrets(context, references(names)), HttpRequestConfig));
      const kept = { input: shownCall(shown), hash: hashOf(shown) };
      const { effect } = context.step;
      if (names.length === 0) {
        return { ...kept, request: { call: shown, secrets: {}, limits: redirectLimits(shown, shown, effect) } };
      }
      const secrets = await reader.read(context.userId, names);
      const call = httpCall(await resolvedWith(context, secrets));
      return { ...kept, request: { call, secrets, limits: redirectLimits(call, shown, effect) } };
    },
    perform: async ({ request }, { runId, path, step, now, signal, mayLeave }) => {
      const { call, secrets, limits } = request;
      const response = await egress
        .request({
          ...call,
          ...limits,
          headers: { ...call.headers, 'idempotency-key': `${runId}/${path}` },
          timeoutMs: step.definition.timeout_ms ?? HTTP_TIMEOUT_MS,
          signal,
          mayLeave,
          reuseConnection: step.effect === EffectClass.Keyed,
          redirects: 'follow',
        })
        .catch((error: unknown) => {
          throw failureOf(error, call.method, secrets);
        });
      return outputOf(response, request, now);
    },
    probe: (context) => probe(egress, reader, context),
  };
}

/** The config with the secrets in it. A mistake's message may quote what it stumbled over: not when that is a secret. */
async function resolvedWith(context: StepContext, secrets: Revealed): Promise<HttpRequestConfig> {
  try {
    return await resolvedConfig(withSecrets(context, secrets), HttpRequestConfig);
  } catch (error) {
    const { error: reason, options } = StepFailure.from(error);
    throw new StepFailure(withoutSecrets(reason, secrets) as RunError, options);
  }
}

function withSecrets(context: StepContext, secrets: Revealed): StepContext {
  return context.step.secrets.length === 0 ? context : { ...context, scope: { ...context.scope, secrets } };
}

function failureOf(error: unknown, method: string, secrets: Revealed): StepFailure {
  if (!(error instanceof EgressError)) return StepFailure.from(error);
  // A read that brought no answer has no effect that could be in doubt.
  const mayHaveHappened = error.mayHaveHappened && !isSafe(method);
  const retryable = !permanent.has(error.code);
  const message = String(withoutSecrets(error.message, secrets));
  return new StepFailure({ code: error.code, message }, { retryable, mayHaveHappened });
}

/** The step's output. An answer of 400 or more is a failure; a DELETE of something that is gone has succeeded. */
function outputOf(response: EgressResponse, { call: { method }, secrets }: SecretCall, now: number): unknown {
  const { status, headers } = response;
  const output = withoutSecrets(answerOf(response), secrets);
  const isGone = method === 'DELETE' && (status === 404 || status === 410);
  if (status < 400 || isGone) return output;
  const waitMs = retryAfterMs(headers['retry-after'], now);
  const led = response.afterEffect === true ? ' with a redirect to a page that answered' : '';
  throw new StepFailure(
    { code: 'HTTP_STATUS', message: `The receiver answered${led} ${status}.`, details: output },
    {
      retryable: retryableStatuses.has(status),
      // A failure is an answer: no. Except when it answers the GET that the answer to the request itself led to.
      mayHaveHappened: response.afterEffect === true,
      ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    },
  );
}
