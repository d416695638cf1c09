import { describe, expect, it } from 'vitest';
import { compileLimits } from './compile-limits.js';
import { validateDefinition } from './validation/validate-definition.js';

const call = (id: string, more: object = {}) => ({
  id,
  type: 'http.request',
  config: { method: 'GET', url: 'http://x' },
  ...more,
});
const pure = { id: 'x', type: 'transform', config: { expression: '1' } };
const concurrency = { max: 7 };

describe('config.limits', () => {
  it.each([
    { concurrency },
    { concurrency: { max: 1, key: 'input.customer', scope: 'run' } },
    { rate: { max: 10, per_ms: 1_000, key: 'run.tags[0]' } },
    { priority: 100 },
    { concurrency, rate: { max: 1, per_ms: 86_400_000 }, priority: 0 },
  ])('may be %j', (limits) => {
    const definition = { name: 'w', trigger_type: 'manual', steps: [pure], config: { limits } };
    expect(validateDefinition(definition)).toEqual([]);
  });

  it('asks nothing of a run when it is absent, or only a priority', () => {
    expect(compileLimits(undefined, [pure])).toBeUndefined();
    expect(compileLimits({ priority: 3 }, [pure])).toBeUndefined();
  });

  it('counts all runs together, while they are at work, unless it says more', () => {
    expect(compileLimits({ concurrency }, [pure])).toEqual({
      concurrency: { max: 7, key: undefined, scope: 'claim' },
      graceMs: 0,
    });
  });

  it('knows the longest time that a call may be open, also of one inside a container', () => {
    expect(compileLimits({ concurrency }, [pure, call('a', { timeout_ms: 500 })])?.graceMs).toBe(500);
    expect(compileLimits({ concurrency }, [call('a', { timeout_ms: 500 }), call('b')])?.graceMs).toBe(30_000);
    const nested = { id: 'p', type: 'parallel', config: { branches: { one: [call('a', { timeout_ms: 60_000 })] } } };
    expect(compileLimits({ concurrency }, [nested])?.graceMs).toBe(60_000);
  });
});
