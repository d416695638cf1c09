/** What is mostly there at once, and sometimes has to be waited for. */
export type NowOrLater<T> = T | Promise<T>;

/**
 * Goes on with a value as soon as it is there. `await` would take a promise and a turn of the queue for one that is there
 * already, which nearly all requests' are.
 */
export function whenThere<T, R>(value: NowOrLater<T>, goOn: (value: T) => NowOrLater<R>): NowOrLater<R> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}
