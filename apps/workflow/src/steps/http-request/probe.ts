import { HttpRequestConfig, resolveTemplate, checkShape, type Template } from '@app/definition';
import type { Revealed } from '../secrets/secret-reader.js';
import { withoutSecrets } from '../secrets/without-secrets.js';
import { isTrue } from '../is-true.js';
import { StepFailure } from '../step-failure.js';
import type { CallWait, Probed, StepContext } from '../step-runner.js';
import { enter, mustWait, turnOf } from './call-wait.js';
import { answerOf } from './http-answer.js';
import type { HttpServices } from './http-services.js';
import { outgoingCall } from './outgoing-call.js';
import { secretHeaders } from './redirect-limits.js';

const TIMEOUT_MS = 10_000;

/**
 * Asks the receiver whether a call has happened: a request that changes nothing, and an expression over its answer.
 * @throws StepFailure, ExpressionError or EgressError when that cannot be told
 */
export async function probe(services: HttpServices, context: StepContext): Promise<Probed | CallWait> {
  const { step, scope, evaluation, signal, now } = context;
  if (step.probe === undefined) throw StepFailure.permanent('CONFIG_INVALID', 'probe is missing');
  const { request, expression } = step.probe;
  const outgoing = await outgoingCall(services, context, (secrets) => requestOf(request, context, secrets));
  const { call, shown, hidden, account, turn } = outgoing;
  const wait = await enter(services.pauses, outgoing);
  if (wait !== undefined) return wait;
  let missed: CallWait | undefined;
  const response = await services.egress
    .request({
      ...call,
      ...turnOf(outgoing),
      secretHeaders: secretHeaders(call, shown),
      timeoutMs: TIMEOUT_MS,
      signal,
      mayLeave: () => (missed = mustWait(services.pauses, outgoing)) === undefined,
      reuseConnection: true,
    })
    .catch((error: unknown) => {
      if (missed === undefined) throw error;
      return missed;
    })
    .finally(() => turn?.end());
  if ('ms' in response) return response;
  await services.pauses.heed(account, response, now);
  const answer = withoutSecrets(answerOf(response), hidden);
  const says = await expression.evaluate({ ...scope, ...(answer as object) }, evaluation);
  return { happened: isTrue(says), output: answer };
}

async function requestOf(
  request: Template,
  { scope, evaluation }: StepContext,
  secrets: Revealed,
): Promise<HttpRequestConfig> {
  const resolved = await resolveTemplate(request, { ...scope, secrets }, evaluation);
  const { value: config, errors } = checkShape(HttpRequestConfig, resolved, 'probe.request');
  const [mistake] = errors;
  if (mistake !== undefined) throw StepFailure.permanent('CONFIG_INVALID', `${mistake.field} ${mistake.message}`);
  return config;
}
