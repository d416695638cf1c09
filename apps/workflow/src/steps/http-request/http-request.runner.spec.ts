import { compileDefinition, type StepDefinition } from '@app/definition';
import { EgressError, type EgressClient, type EgressRequest, type EgressResponse } from '@app/egress';
import { ProviderPauses, type LimitWait, type Permit, type ProviderPausesOptions } from '@app/providers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Credential, CredentialReader } from '../credentials/credential-reader.js';
import type { SecretReader } from '../secrets/secret-reader.js';
import { StepFailure } from '../step-failure.js';
import type { CallWait, StepContext } from '../step-runner.js';
import { httpRequestRunner } from './http-request.runner.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const secrets = { token: 's3cret-token' };
/** Pauses that no other process hears of. */
const newPauses = (): ProviderPauses =>
  new ProviderPauses({
    pool: { query: async () => ({ rows: [] }) },
    tell: () => undefined,
    metrics: { pauses: { inc: () => undefined }, waits: { inc: () => undefined } },
    lookout: { watch: () => undefined },
    pollMs: 1_000,
  } as unknown as ProviderPausesOptions);
const integrationId = '00000000-0000-7000-8000-000000000000';
const credentials = {
  read: async (): Promise<Credential> => ({
    integrationId,
    headers: { Authorization: 'Bearer cr3dential', 'x-version': '2' },
    origins: ['http://x', 'http://y'],
    limit,
    values: ['cr3dential'],
  }),
} as unknown as CredentialReader;
/** What those who ask for a permit are given, one after the other; asked of nothing without a limit. */
let permits: (Permit | LimitWait)[] = [];
const limits = {
  take: async () => permits.shift() ?? Promise.reject(new Error('nobody was to ask')),
};
let answered = 0;
const permit = (isGood = true): Permit =>
  ({ isGood: () => isGood, answered: () => (answered += 1) }) as unknown as Permit;
let limit: Credential['limit'] = null;
const reader = { read: async () => secrets } as unknown as SecretReader;

/** A step, and what it is done with: each call gets the given answer. */
async function made(
  config: Record<string, unknown>,
  more: Partial<StepDefinition>,
  answer: Partial<EgressResponse> | EgressError,
  { pauses, isRepeated = false }: { pauses: ProviderPauses; isRepeated?: boolean },
) {
  const sent: EgressRequest[] = [];
  const egress = {
    request: async (request: EgressRequest) => {
      sent.push(request);
      if (answer instanceof EgressError) throw answer;
      return { status: 200, headers: {}, body: Buffer.alloc(0), ...answer };
    },
  } as unknown as EgressClient;
  const definition = { id: 'a', type: 'http.request', config: { method: 'GET', url: 'http://x/', ...config }, ...more };
  const [step] = compileDefinition([definition]).steps;
  const context = {
    runId: 'r',
    userId: 'u',
    path: 'a',
    isRepeated,
    step,
    scope: { input: {} },
    evaluation: { nowMs: NOW, seed: '' },
    now: NOW,
    signal: new AbortController().signal,
    mayLeave: () => true,
  } as unknown as StepContext;
  return { runner: httpRequestRunner({ egress, pauses, limits, secrets: reader, credentials }), context, sent };
}

/** What a step sends, what becomes of it with the given answer, and whether the next one has to wait. */
async function run(
  config: Record<string, unknown>,
  more: Partial<StepDefinition> = {},
  answer: Partial<EgressResponse> | EgressError = {},
  { pauses = newPauses(), isRepeated = false } = {},
): Promise<{ sent: EgressRequest; came: unknown; wait: CallWait | undefined }> {
  const { runner, context, sent } = await made(config, more, answer, { pauses, isRepeated });
  const call = await runner.prepare(context);
  const came = await runner.perform(call, context).catch((error: unknown) => error);
  return { sent: sent[0]!, came, wait: runner.mustWait(call) };
}

const failed = (options: Partial<StepFailure['options']>): unknown =>
  expect.objectContaining({ options: expect.objectContaining(options) });

describe('http.request', () => {
  it('names the headers that hold a secret, in whatever form', async () => {
    const { sent } = await run({
      headers: {
        authorization: 'Bearer {{ secrets.token }}',
        'X-Odd': "{{ $base64encode('u:' & secrets.token) }}",
        'x-plain': 'plain',
        'x-both': 'none of {{ $length(secrets.token) > 0 }}',
      },
    });
    expect(sent.secretHeaders).toEqual(['authorization', 'X-Odd']);
    expect(sent.boundBecause).toBeUndefined();
    expect(sent.redirects).toBe('follow');
    expect(sent.headers).toMatchObject({ authorization: 'Bearer s3cret-token', 'idempotency-key': 'r/a' });
  });

  it('takes as long as the step may, 30 s unless it says more or less', async () => {
    expect((await run({})).sent.timeoutMs).toBe(30_000);
    expect((await run({}, { timeout_ms: 700 })).sent.timeoutMs).toBe(700);
  });

  it('keeps a body with a secret where it is sent', async () => {
    const { sent } = await run({ method: 'PUT', body: { a: '{{ secrets.token }}' } });
    expect(sent).toMatchObject({ boundBecause: 'its body holds a secret', secretHeaders: [] });
  });

  it.each([
    ['POST', { effect: 'keyed' }, /Idempotency-Key/],
    ['PATCH', { effect: 'keyed' }, /Idempotency-Key/],
    ['POST', {}, undefined],
    ['PUT', {}, undefined],
    ['DELETE', { effect: 'keyed' }, undefined],
  ] as const)('keeps a %s %j where its key counts', async (method, more, because) => {
    const { sent } = await run({ method }, more);
    if (because === undefined) expect(sent.boundBecause).toBeUndefined();
    else expect(sent.boundBecause).toMatch(because);
  });

  it('does not take the failure of what a POST led to for a failure of the POST', async () => {
    const post = { method: 'POST' };
    expect((await run(post, {}, { status: 503 })).came).toEqual(failed({ retryable: true, mayHaveHappened: false }));
    expect((await run(post, {}, { status: 503, afterEffect: true })).came).toEqual(
      failed({ retryable: true, mayHaveHappened: true }),
    );
  });

  it.each([404, 410])(
    'takes a %i for success of a DELETE that may have been received before, and only then',
    async (status) => {
      const gone = { status, body: Buffer.from('gone') };
      expect((await run({ method: 'DELETE' }, {}, gone, { isRepeated: true })).came).toMatchObject({ status });
      const no = failed({ retryable: false, mayHaveHappened: false });
      expect((await run({ method: 'DELETE' }, {}, gone)).came).toEqual(no);
      expect((await run({ method: 'PUT', body: 'x' }, {}, gone, { isRepeated: true })).came).toEqual(no);
    },
  );

  it.each([
    ['EGRESS_REFUSED', false],
    ['CONFIG_INVALID', false],
    ['RESPONSE_TOO_LARGE', false],
    ['HTTP_UNREACHABLE', true],
    ['TIMEOUT', true],
  ] as const)('%s may be tried again: %s', async (code, retryable) => {
    const { came } = await run({}, {}, new EgressError(code, 'with s3cret-token', true));
    expect(came).toEqual(failed({ retryable, mayHaveHappened: false }));
  });

  it.each([
    ['7', 7_000],
    ['Wed, 25 Nov 2026 12:00:30 GMT', 30_000],
    ['86400', 3_600_000],
  ])('waits as long as Retry-After: %s asks, an hour at most, and so does the next call', async (value, ms) => {
    for (const status of [429, 503]) {
      const { came, wait } = await run({}, {}, { status, headers: { 'retry-after': value } });
      const { retryAfterMs = 0 } = (came as StepFailure).options;
      // Ends of pauses are rounded up, so that calls which are refused together have one.
      expect(retryAfterMs).toBeGreaterThanOrEqual(ms);
      expect(retryAfterMs).toBeLessThanOrEqual(ms + 250);
      expect(wait).toEqual({ ms: expect.any(Number), provider: 'http://x' });
    }
  });

  it('does not wait for what nobody can understand', async () => {
    const { came, wait } = await run({}, {}, { status: 429, headers: { 'retry-after': 'soon' } });
    expect((came as StepFailure).options).not.toHaveProperty('retryAfterMs');
    expect(wait).toBeUndefined();
  });

  it('waits for the account alone: the same origin with the same secrets', async () => {
    const pauses = newPauses();
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' };
    const withToken = { headers: { authorization: 'Bearer {{ secrets.token }}' } };
    expect((await run(withToken, {}, { headers }, { pauses })).wait).toBeDefined();
    expect((await run({ ...withToken, url: 'http://x/other', method: 'POST' }, {}, {}, { pauses })).wait).toBeDefined();
    expect((await run({}, {}, {}, { pauses })).wait).toBeUndefined();
    expect((await run({ ...withToken, url: 'http://y/' }, {}, {}, { pauses })).wait).toBeUndefined();
  });

  it('hears what a probe is answered', async () => {
    const pauses = newPauses();
    const config = { method: 'GET', url: 'http://x/1' };
    const step = { probe: { request: config, expression: 'status = 200' } };
    const answer = { status: 429, headers: { 'retry-after': '60' } };
    const { runner, context } = await made({ method: 'POST' }, step, answer, { pauses });
    expect(await runner.probe?.(context)).toMatchObject({ happened: false });
    expect(runner.mustWait(await runner.prepare(context))).toBeDefined();
  });

  it('adds what its integration is called with, shows none of it, and takes none of it elsewhere', async () => {
    const { runner, context, sent } = await made(
      { credential: integrationId },
      {},
      { body: Buffer.from('you are cr3dential') },
      { pauses: newPauses() },
    );
    const call = await runner.prepare(context);
    expect(call.input).toEqual({ method: 'GET', url: 'http://x/', credential: integrationId });
    expect(await runner.perform(call, context)).toMatchObject({ body: 'you are [credential]' });
    expect(sent[0]).toMatchObject({
      headers: { Authorization: 'Bearer cr3dential', 'x-version': '2' },
      secretHeaders: ['Authorization', 'x-version'],
    });
    // Whose credentials they are is part of the call; which ones they are is not.
    const without = await made({}, {}, {}, { pauses: newPauses() });
    expect(call.hash).not.toBe((await without.runner.prepare(without.context)).hash);
  });

  it.each([
    [{ url: 'http://z/' }, /^config\.url leads to http:\/\/z, where .* for http:\/\/x, http:\/\/y$/],
    [{ headers: { authorization: 'mine' } }, /^config\.headers\.authorization is set by the credential/],
    [{ url: '{{ "nowhere" }}' }, /not an absolute URL/],
  ])('does not send credentials with %j', async (config, message) => {
    const { runner, context, sent } = await made(
      { credential: integrationId, ...config },
      {},
      {},
      { pauses: newPauses() },
    );
    await expect(runner.prepare(context)).rejects.toMatchObject({
      error: { code: 'CONFIG_INVALID', message: expect.stringMatching(message) },
      options: { retryable: false, mayHaveHappened: false },
    });
    expect(sent).toEqual([]);
  });

  it('waits for the integration, wherever at its provider it calls', async () => {
    const pauses = newPauses();
    const answer = { status: 429, headers: { 'retry-after': '60' } };
    const config = { credential: integrationId };
    expect((await run(config, {}, answer, { pauses })).wait).toBeDefined();
    expect((await run({ ...config, url: 'http://y/' }, {}, {}, { pauses })).wait).toBeDefined();
    expect((await run({}, {}, {}, { pauses })).wait).toBeUndefined();
  });

  describe('of an integration with a limit', () => {
    const config = { credential: integrationId };
    beforeEach(() => {
      [limit, answered] = [{ max: 10, per_ms: 1_000 }, 0];
    });
    afterEach(() => {
      [limit, permits] = [null, []];
    });

    it('is let in with a permit, and waits as long as it is told', async () => {
      const { runner, context, sent } = await made(config, {}, {}, { pauses: newPauses() });
      permits = [{ ms: 700, spreadMs: 100 }, permit()];
      const call = await runner.prepare(context);
      expect(await runner.enter(call)).toEqual({ ms: 700, spreadMs: 100, provider: 'http://x' });
      expect(await runner.enter(call)).toBeUndefined();
      expect(runner.mustWait(call)).toBeUndefined();
      await runner.perform(call, context);
      expect([sent[0]?.mayLeave?.(), answered]).toEqual([true, 1]);
    });

    it('does not leave without a permit, or when that is not good any more: then it waits for another turn', async () => {
      const { runner, context, sent } = await made(config, {}, {}, { pauses: newPauses() });
      const call = await runner.prepare(context);
      await runner.perform(call, context);
      expect(sent[0]?.mayLeave?.()).toBe(false);
      permits = [permit(false)];
      expect(await runner.enter(call)).toBeUndefined();
      expect(runner.mustWait(call)).toEqual({ ms: 1, spreadMs: 100, provider: 'http://x' });
      await runner.perform(call, context);
      expect(sent[1]?.mayLeave?.()).toBe(false);
    });

    it('takes a permit for each redirect that its provider gets, and none for those that another origin gets', async () => {
      const { runner, context, sent } = await made(config, {}, {}, { pauses: newPauses() });
      permits = [permit(), { ms: 1, spreadMs: 1 }, permit()];
      const call = await runner.prepare(context);
      await runner.enter(call);
      await runner.perform(call, context);
      const { signal } = new AbortController();
      await sent[0]?.beforeRedirect?.(new URL('http://elsewhere/'), signal);
      expect(permits).toHaveLength(2);
      await sent[0]?.beforeRedirect?.(new URL('http://x/other'), signal);
      expect(permits).toEqual([]);
    });

    it('asks for none while its provider wants no calls', async () => {
      const pauses = newPauses();
      permits = [permit()];
      const refusal = { status: 429, headers: { 'retry-after': '60' } };
      const { runner, context } = await made(config, {}, refusal, { pauses });
      const call = await runner.prepare(context);
      await runner.enter(call);
      await runner.perform(call, context).catch(() => undefined);
      expect(await runner.enter(call)).toEqual({ ms: expect.any(Number), provider: 'http://x' });
    });

    it('probes with a permit, and not before', async () => {
      const request = { method: 'GET', url: 'http://x/1', credential: integrationId };
      const step = { probe: { request, expression: 'status = 200' } };
      const { runner, context, sent } = await made({ ...config, method: 'POST' }, step, {}, { pauses: newPauses() });
      permits = [{ ms: 5, spreadMs: 5 }, permit()];
      expect(await runner.probe?.(context)).toEqual({ ms: 5, spreadMs: 5, provider: 'http://x' });
      expect(sent).toEqual([]);
      expect(await runner.probe?.(context)).toMatchObject({ happened: true });
    });
  });

  it('refuses a url with a user and password that an expression made, before anything is sent', async () => {
    const config = { url: "{{ 'http://u:' & secrets.token & '@x/' }}" };
    const error: unknown = await run(config).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StepFailure);
    expect((error as StepFailure).error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^config\.url must not hold a user and password: send the header authorization/),
    });
    expect((error as StepFailure).message).not.toContain('s3cret');
  });
});
