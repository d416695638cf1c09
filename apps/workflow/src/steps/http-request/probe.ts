import { HttpRequestConfig, resolveTemplate, checkShape, type Template } from '@app/definition';
import { accountOf } from '@app/providers';
import { references, type Revealed } from '../secrets/secret-reader.js';
import { withoutSecrets } from '../secrets/without-secrets.js';
import { isTrue } from '../is-true.js';
import { StepFailure } from '../step-failure.js';
import type { Probed, StepContext } from '../step-runner.js';
import { answerOf } from './http-answer.js';
import { httpCall, type HttpCall } from './http-call.js';
import type { HttpServices } from './http-services.js';
import { secretHeaders } from './redirect-limits.js';

const TIMEOUT_MS = 10_000;

/**
 * Asks the receiver whether a call has happened: a request that changes nothing, and an expression over its answer.
 * @throws StepFailure, ExpressionError or EgressError when that cannot be told
 */
export async function probe({ egress, pauses, secrets: reader }: HttpServices, context: StepContext): Promise<Probed> {
  const { step, scope, evaluation, userId, signal, now } = context;
  if (step.probe === undefined) throw StepFailure.permanent('CONFIG_INVALID', 'probe is missing');
  const { request } = step.probe;
  const secrets = await reader.read(userId, step.secrets);
  const call = await callOf(request, context, secrets);
  const shown = step.secrets.length === 0 ? call : await callOf(request, context, references(step.secrets));
  const settings = { timeoutMs: TIMEOUT_MS, signal, reuseConnection: true };
  const response = await egress.request({ ...call, secretHeaders: secretHeaders(call, shown), ...settings });
  await pauses.heed(accountOf(userId, call.url, step.secrets), response, now);
  const answer = withoutSecrets(answerOf(response), secrets);
  const says = await step.probe.expression.evaluate({ ...scope, ...(answer as object) }, evaluation);
  return { happened: isTrue(says), output: answer };
}

async function callOf(request: Template, { scope, evaluation }: StepContext, secrets: Revealed): Promise<HttpCall> {
  const resolved = await resolveTemplate(request, { ...scope, secrets }, evaluation);
  const { value: config, errors } = checkShape(HttpRequestConfig, resolved, 'probe.request');
  const [mistake] = errors;
  if (mistake !== undefined) throw StepFailure.permanent('CONFIG_INVALID', `${mistake.field} ${mistake.message}`);
  return httpCall(config);
}
