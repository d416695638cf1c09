import type { RunError } from '@app/contracts';
import type { HttpRequestConfig } from '@app/definition';
import { accountOf, AccountTurn, integrationAccount, type ProviderAccount } from '@app/providers';
import type { Credential } from '../credentials/credential-reader.js';
import { StepFailure } from '../step-failure.js';
import type { StepContext } from '../step-runner.js';
import { references, type Revealed } from '../secrets/secret-reader.js';
import { hiddenSecrets, hiddenTexts, hiddenValue, withoutSecrets, type Hidden } from '../secrets/without-secrets.js';
import { httpCall, type HttpCall } from './http-call.js';
import type { HttpServices } from './http-services.js';

/** What stands in the place of a credential wherever it is shown. */
const CREDENTIAL = '[credential]';

/** A call, and what must be known to make it. */
export interface OutgoingCall {
  /** As it goes out. */
  call: HttpCall;
  /** As it may be shown: with references in the place of secrets, and without what an integration adds. */
  shown: HttpCall;
  /** What must not come back from its receiver into the journal. */
  hidden: Hidden;
  /** Whose calls its provider counts together. */
  account: ProviderAccount;
  /** Its turn, when its integration has a limit. */
  turn: AccountTurn | undefined;
}

type Resolve = (secrets: Revealed) => HttpRequestConfig | Promise<HttpRequestConfig>;

/**
 * Makes a call ready: its secrets and credentials are opened. One without any is ready at once when its config is.
 * @param resolve what describes it, with these values in the place of secrets
 * @throws StepFailure; so does what is returned
 */
export function outgoingCall(
  services: HttpServices,
  context: StepContext,
  resolve: Resolve,
): OutgoingCall | Promise<OutgoingCall> {
  const names = context.step.secrets();
  return names instanceof Promise
    ? names.then((known) => described(services, context, resolve, known))
    : described(services, context, resolve, names);
}

function described(
  services: HttpServices,
  context: StepContext,
  resolve: Resolve,
  names: readonly string[],
): OutgoingCall | Promise<OutgoingCall> {
  const config = resolve(references(names));
  return config instanceof Promise
    ? config.then((later) => ready(services, context, { resolve, names }, later))
    : ready(services, context, { resolve, names }, config);
}

/** How to describe a call, and the names of the secrets that take part in it. */
interface Description {
  resolve: Resolve;
  names: readonly string[];
}

function ready(
  services: HttpServices,
  context: StepContext,
  description: Description,
  config: HttpRequestConfig,
): OutgoingCall | Promise<OutgoingCall> {
  if (description.names.length > 0 || config.credential != null) {
    return withOpened(services, context, description, config);
  }
  const call = httpCall(config);
  return { call, shown: call, hidden: [], account: accountOf(context.userId, checked(call.url), []), turn: undefined };
}

async function withOpened(
  { secrets: reader, credentials, limits }: HttpServices,
  { userId }: StepContext,
  { resolve, names }: Description,
  shownConfig: HttpRequestConfig,
): Promise<OutgoingCall> {
  const shown = httpCall(shownConfig);
  const credential = shown.credential === undefined ? undefined : await credentials.read(userId, shown.credential);
  const secrets = await reader.read(userId, names);
  const values = hiddenSecrets(secrets);
  const config = names.length === 0 ? shownConfig : await quietly(async () => resolve(secrets), values);
  const secretValues = [...values, ...hiddenTexts(config, shownConfig)];
  const revealed = httpCall(config);
  const url = checked(revealed.url);
  if (credential === undefined) {
    const account = accountOf(userId, url, names);
    return { call: revealed, shown, hidden: secretValues, account, turn: undefined };
  }
  const account = integrationAccount(userId, url, credential.integrationId);
  const kept = credential.values.flatMap((value) => hiddenValue(value, CREDENTIAL));
  const turn = credential.limit === null ? undefined : new AccountTurn(limits, account, credential.limit);
  return { call: signed(revealed, credential), shown, hidden: [...secretValues, ...kept], account, turn };
}

function checked(url: string): string {
  if (!URL.canParse(url)) throw StepFailure.permanent('CONFIG_INVALID', 'The url is not an absolute URL.');
  return url;
}

/** A mistake's message may quote what it stumbled over: not when that is a secret. */
async function quietly<T>(resolve: () => Promise<T>, hidden: Hidden): Promise<T> {
  try {
    return await resolve();
  } catch (error) {
    const { error: reason, options } = StepFailure.from(error);
    throw new StepFailure(withoutSecrets(reason, hidden) as RunError, options);
  }
}

/** @throws StepFailure CONFIG_INVALID when the credentials may not go there, or the step sends others */
function signed(call: HttpCall, { headers, origins }: Credential): HttpCall {
  const { origin } = new URL(call.url);
  if (!origins.includes(origin)) {
    const message = `config.url leads to ${origin}, where the credentials of the integration do not go: they are for ${origins.join(', ')}`;
    throw StepFailure.permanent('CONFIG_INVALID', message);
  }
  const added = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const twice = Object.keys(call.headers).find((name) => added.has(name.toLowerCase()));
  if (twice !== undefined) {
    throw StepFailure.permanent('CONFIG_INVALID', `config.headers.${twice} is set by the credential: remove it`);
  }
  return { ...call, headers: { ...call.headers, ...headers } };
}
