import { AsyncResource } from 'node:async_hooks';

/**
 * Replaces `AsyncResource.bind` by one that does the same and leaves out the function's deprecated `asyncResource`
 * property. Nest binds a function for each interceptor of each request, and up to Node.js 22 that property is defined
 * through a wrapper with a prototype of its own: a third of what a small request costs (docs/performance.md).
 */
export function bindCheaply(): void {
  // Its type promises the same type of function, which nothing that wraps one can be.
  AsyncResource.bind = bind as typeof AsyncResource.bind;
}

function bind<This, Args extends unknown[], Result>(
  fn: (this: This, ...args: Args) => Result,
  type?: string,
  thisArg?: This,
): (this: This, ...args: Args) => Result {
  const resource = new AsyncResource(type ?? 'bound-anonymous-fn');
  return function (...args) {
    return resource.runInAsyncScope(fn, thisArg ?? this, ...args);
  };
}
