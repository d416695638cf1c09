import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { afterAll, describe, expect, it } from 'vitest';
import { bindCheaply } from './bind-cheaply.js';

const original = AsyncResource.bind;
afterAll(() => {
  AsyncResource.bind = original;
});

describe('a function that is bound cheaply', () => {
  it('runs in the context in which it was bound, with its arguments and what they give', () => {
    bindCheaply();
    const storage = new AsyncLocalStorage<string>();
    const bound = storage.run('bound', () =>
      AsyncResource.bind((a: number, b: number) => `${storage.getStore()} ${a + b}`),
    );
    expect(storage.run('called', () => bound(1, 2))).toBe('bound 3');
  });

  it('takes the `this` it was given, or that of the call', () => {
    bindCheaply();
    function name(this: unknown): unknown {
      return this;
    }
    expect(AsyncResource.bind(name, 'test', 'given').call('caller')).toBe('given');
    expect(AsyncResource.bind(name).call('caller')).toBe('caller');
  });

  it('has no property of its own', () => {
    bindCheaply();
    expect(Object.getOwnPropertyNames(AsyncResource.bind(() => 1))).not.toContain('asyncResource');
  });
});
