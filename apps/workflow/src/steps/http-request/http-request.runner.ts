import { EffectClass } from '@app/contracts';
import { HTTP_TIMEOUT_MS, HttpRequestConfig } from '@app/definition';
import { EgressError, isSafe, type EgressErrorCode, type EgressRequest, type EgressResponse } from '@app/egress';
import { resolvedConfig } from '../resolved-config.js';
import { StepFailure } from '../step-failure.js';
import type { EffectRunner, PreparedCall, StepContext } from '../step-runner.js';
import type { Revealed } from '../secrets/secret-reader.js';
import { withoutSecrets, type Hidden } from '../secrets/without-secrets.js';
import { answerOf, type HttpAnswer } from './http-answer.js';
import { enter, mustWait, turnOf } from './call-wait.js';
import { hashOf, shownCall } from './http-call.js';
import type { HttpServices } from './http-services.js';
import { outgoingCall, type OutgoingCall } from './outgoing-call.js';
import { probe } from './probe.js';
import { redirectLimits, type RedirectLimits } from './redirect-limits.js';

/** Answers after which another attempt may end differently (RFC 9110 §15). */
const retryableStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

/** An answer of which more is not kept with a failure: it stands in the journal, the run and what follows from them. */
const MOST_DETAILS = 65_536;

/** Failures that every attempt would end with. */
const permanent: ReadonlySet<EgressErrorCode> = new Set(['CONFIG_INVALID', 'EGRESS_REFUSED', 'RESPONSE_TOO_LARGE']);

/** A call, and how far redirects may take it. */
interface BoundCall extends OutgoingCall {
  limits: RedirectLimits;
}

/** `http.request`: one call with an Idempotency-Key that is equal over attempts and replays. */
export function httpRequestRunner(services: HttpServices): EffectRunner<BoundCall> {
  const { egress, pauses } = services;
  return {
    kind: 'effect',
    prepare: (context) => {
      const outgoing = outgoingCall(services, context, (secrets) =>
        resolvedConfig(withSecrets(context, secrets), HttpRequestConfig),
      );
      const { effect } = context.step;
      return outgoing instanceof Promise
        ? outgoing.then((later) => prepared(later, effect))
        : prepared(outgoing, effect);
    },
    enter: ({ request }) => enter(pauses, request),
    mustWait: ({ request }) => mustWait(pauses, request),
    perform: async ({ request }, { runId, path, step, now, signal, mayLeave, isRepeated }) => {
      const { call, hidden, limits, account, turn } = request;
      // Each member by itself, see RunJournal.
      const sent: EgressRequest = {
        method: call.method,
        url: call.url,
        headers: { ...call.headers, 'idempotency-key': `${runId}/${path}` },
        body: call.body,
        timeoutMs: step.definition.timeout_ms ?? HTTP_TIMEOUT_MS,
        signal,
        // Nobody reckons with a call that has not taken its turn.
        mayLeave: turn === undefined ? mayLeave : () => mayLeave() && turn.isNow,
        reuseConnection: step.effect === EffectClass.Keyed,
        redirects: 'follow',
        secretHeaders: limits.secretHeaders,
      };
      if (limits.boundBecause !== undefined) sent.boundBecause = limits.boundBecause;
      if (turn !== undefined) Object.assign(sent, turnOf(request));
      let response: EgressResponse;
      try {
        response = await egress.request(sent);
      } catch (error) {
        throw failureOf(error, call.method, hidden);
      } finally {
        turn?.end();
      }
      const heeded = pauses.heed(account, response, now);
      const waitMs = typeof heeded === 'number' ? heeded : await heeded;
      return outputOf(response, request, { waitMs, isRepeated });
    },
    probe: (context) => probe(services, context),
  };
}

function prepared(outgoing: OutgoingCall, effect: EffectClass): PreparedCall<BoundCall> {
  const { call, shown } = outgoing;
  const request = Object.assign(outgoing, { limits: redirectLimits(call, shown, effect) });
  return { input: shownCall(shown), hash: hashOf(shown), request };
}

function withSecrets(context: StepContext, secrets: Revealed): StepContext {
  return Object.keys(secrets).length === 0 ? context : { ...context, scope: { ...context.scope, secrets } };
}

function failureOf(error: unknown, method: string, hidden: Hidden): StepFailure {
  if (!(error instanceof EgressError)) return StepFailure.from(error);
  // A read that brought no answer has no effect that could be in doubt.
  const mayHaveHappened = error.mayHaveHappened && !isSafe(method);
  const retryable = !permanent.has(error.code);
  const message = String(withoutSecrets(error.message, hidden));
  return new StepFailure({ code: error.code, message }, { retryable, mayHaveHappened });
}

/** What a failure tells of an answer: all of it, or of a large one what it was. */
function detailsOf(answer: HttpAnswer): HttpAnswer | Omit<HttpAnswer, 'body'> {
  if (JSON.stringify(answer).length <= MOST_DETAILS) return answer;
  const { status, headers } = answer;
  return { status, headers };
}

/**
 * The step's output. An answer of 400 or more is a failure. Except when a DELETE that may have been received before is
 * answered that there is nothing: then it has done its work. One that is sent for the first time was meant for something.
 * @param waitMs how long the next call has to wait
 */
function outputOf(
  response: EgressResponse,
  { call: { method }, hidden }: BoundCall,
  { waitMs, isRepeated }: { waitMs: number; isRepeated: boolean },
): unknown {
  const { status } = response;
  const output = withoutSecrets(answerOf(response), hidden) as HttpAnswer;
  const isGone = isRepeated && method === 'DELETE' && (status === 404 || status === 410);
  if (status < 400 || isGone) return output;
  const led = response.afterEffect === true ? ' with a redirect to a page that answered' : '';
  throw new StepFailure(
    { code: 'HTTP_STATUS', message: `The receiver answered${led} ${status}.`, details: detailsOf(output) },
    {
      retryable: retryableStatuses.has(status),
      // A failure is an answer: no. Except when it answers the GET that the answer to the request itself led to.
      mayHaveHappened: response.afterEffect === true,
      ...(waitMs > 0 && { retryAfterMs: waitMs }),
    },
  );
}
