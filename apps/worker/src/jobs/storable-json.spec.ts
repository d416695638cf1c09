import { describe, expect, it } from 'vitest';
import { storableJson } from './storable-json.js';

describe('storableJson', () => {
  it('drops what jsonb refuses and keeps the rest', () => {
    const text = storableJson({ a: 'x\0y', b: ['\ud800', '😀'], c: null, d: 1 });
    expect(JSON.parse(text)).toEqual({ a: 'xy', b: ['\ufffd', '😀'], c: null, d: 1 });
  });
});
