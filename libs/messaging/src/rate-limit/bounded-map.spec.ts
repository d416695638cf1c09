import { expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.js';

it('forgets what was set longest ago and never grows beyond its size', () => {
  const map = new BoundedMap<number>(3);
  for (const [index, key] of ['a', 'b', 'c', 'a', 'd'].entries()) map.set(key, index);
  expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([3, undefined, 2, 4]);
  for (let index = 0; index < 1_000; index += 1) map.set(`key ${index}`, index);
  expect(map.size).toBe(3);
});
