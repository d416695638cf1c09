import { expect, it } from 'vitest';
import { LruMap } from './lru-map.js';

it('keeps the entries that were used last, and no more than it may', () => {
  const map = new LruMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  expect(map.get('a')).toBe(1);
  map.set('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
  map.set('a', 4);
  map.set('d', 5);
  expect([map.get('a'), map.get('c'), map.get('d')]).toEqual([4, undefined, 5]);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
});

it('lets go of what was not used for longest when all together weighs too much', () => {
  const map = new LruMap<string, string>(10, 5, (text) => text.length);
  map.set('a', 'aa');
  map.set('b', 'bb');
  map.set('a', 'aaa');
  expect([map.get('b'), map.get('a')]).toEqual(['bb', 'aaa']);
  map.set('c', 'c');
  expect([map.get('b'), map.get('a'), map.get('c')]).toEqual([undefined, 'aaa', 'c']);
  map.set('d', 'too much');
  expect(['a', 'c', 'd'].map((key) => map.get(key))).toEqual([undefined, undefined, undefined]);
  map.set('e', '12345');
  expect(map.get('e')).toBe('12345');
});
