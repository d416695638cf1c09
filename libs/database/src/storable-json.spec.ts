import { describe, expect, it } from 'vitest';
import { isStorableJson, storable } from './storable-json.js';

describe('storable', () => {
  it('puts something else where jsonb refuses what is there, and keeps the rest', () => {
    const value = { 'a\0': 'x\0\0y', b: ['\ud800', '\udc00\ud800', '😀', '\\u0000', '\\\0'], c: null, d: 1 };
    const kept = {
      'a\ufffd': 'x\ufffd\ufffdy',
      b: ['\ufffd', '\ufffd\ufffd', '😀', '\\u0000', '\\\ufffd'],
      c: null,
      d: 1,
    };
    expect(storable(value)).toEqual(kept);
    expect([value, kept].map((each) => isStorableJson(JSON.stringify(each)))).toEqual([false, true]);
  });

  it('leaves a value as it is that can be stored', () => {
    const value = { a: '\\u0000 \n "😀"' };
    expect(storable(value)).toBe(value);
  });
});
