import { compileDefinition, type StepDefinition } from '@app/definition';
import { EgressError, type EgressClient, type EgressRequest, type EgressResponse } from '@app/egress';
import { describe, expect, it } from 'vitest';
import type { SecretReader } from '../secrets/secret-reader.js';
import { StepFailure } from '../step-failure.js';
import type { StepContext } from '../step-runner.js';
import { httpRequestRunner } from './http-request.runner.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const secrets = { token: 's3cret-token' };
const reader = { read: async () => secrets } as unknown as SecretReader;

/** What a step sends, and what becomes of it with the given answer. */
async function run(
  config: Record<string, unknown>,
  more: Partial<StepDefinition> = {},
  answer: Partial<EgressResponse> | EgressError = {},
): Promise<{ sent: EgressRequest; came: unknown }> {
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
    path: 'a',
    step,
    scope: { input: {} },
    evaluation: { nowMs: NOW, seed: '' },
    now: NOW,
    signal: new AbortController().signal,
  } as unknown as StepContext;
  const runner = httpRequestRunner(egress, reader);
  const came = await runner.perform(await runner.prepare(context), context).catch((error: unknown) => error);
  return { sent: sent[0]!, came };
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
    ['soon', undefined],
  ])('waits as long as Retry-After: %s asks, an hour at most', async (value, retryAfterMs) => {
    for (const status of [429, 503]) {
      const { came } = await run({}, {}, { status, headers: { 'retry-after': value } });
      expect((came as StepFailure).options.retryAfterMs).toBe(retryAfterMs);
    }
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
