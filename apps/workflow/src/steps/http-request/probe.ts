import { HttpRequestConfig, resolveTemplate, checkShape } from '@app/definition';
import type { EgressClient } from '@app/egress';
import type { SecretReader } from '../secrets/secret-reader.js';
import { withoutSecrets } from '../secrets/without-secrets.js';
import { isTrue } from '../is-true.js';
import { StepFailure } from '../step-failure.js';
import type { Probed, StepContext } from '../step-runner.js';
import { answerOf } from './http-answer.js';
import { httpCall } from './http-call.js';

const TIMEOUT_MS = 10_000;

/**
 * Asks the receiver whether a call has happened: a request that changes nothing, and an expression over its answer.
 * @throws StepFailure, ExpressionError or EgressError when that cannot be told
 */
export async function probe(egress: EgressClient, reader: SecretReader, context: StepContext): Promise<Probed> {
  const { step, scope, evaluation, userId, signal } = context;
  if (step.probe === undefined) throw StepFailure.permanent('CONFIG_INVALID', 'probe is missing');
  const secrets = await reader.read(userId, step.secrets);
  const resolved = await resolveTemplate(step.probe.request, { ...scope, secrets }, evaluation);
  const { value: config, errors } = checkShape(HttpRequestConfig, resolved, 'probe.request');
  const [mistake] = errors;
  if (mistake !== undefined) throw StepFailure.permanent('CONFIG_INVALID', `${mistake.field} ${mistake.message}`);
  const response = await egress.request({ ...httpCall(config), timeoutMs: TIMEOUT_MS, signal, reuseConnection: true });
  const answer = withoutSecrets(answerOf(response), secrets);
  const says = await step.probe.expression.evaluate({ ...scope, ...(answer as object) }, evaluation);
  return { happened: isTrue(says), output: answer };
}
