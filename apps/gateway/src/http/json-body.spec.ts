import { describe, expect, it } from 'vitest';
import { parseJsonBody } from './json-body.js';

function nested(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`;
}

describe('parseJsonBody', () => {
  it.each(['{}', '{"a":[1,"x",null,true,{"b":"\\ud83d\\ude42"}]}', '"text"', '{"a":"\\\\u0000"}', nested(100)])(
    'reads %s',
    (text) => {
      expect(parseJsonBody(Buffer.from(text))).toEqual(JSON.parse(text));
    },
  );

  it('takes an empty body for none', () => {
    expect(parseJsonBody(Buffer.alloc(0))).toBeUndefined();
  });

  it.each([
    ['what is not JSON', '{', 'not valid JSON'],
    ['what goes on after it', '{} {}', 'not valid JSON'],
    ['NaN', '{"a":NaN}', 'not valid JSON'],
    ['U+0000 in a text', '{"a":["\\u0000"]}', 'U+0000'],
    ['U+0000 in a name', '{"\\u0000":1}', 'U+0000'],
    ['a high surrogate alone', '{"a":"\\ud800"}', 'half a character'],
    ['a low surrogate alone', '{"a":"x\\udc00y"}', 'half a character'],
    ['the surrogates the wrong way round', '{"a":"\\udc00\\ud800"}', 'half a character'],
    ['what would replace a prototype', '{"a":{"__proto__":{"admin":true}}}', '__proto__'],
    ['more than 100 levels', nested(101), 'nested deeper'],
    ['so many levels that recursion would fail', nested(400_000), 'nested deeper'],
  ])('refuses %s', (_, text, words) => {
    const refused = expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringContaining(words) });
    expect(() => parseJsonBody(Buffer.from(text))).toThrow(refused);
  });

  it('refuses what is not UTF-8 instead of changing it', () => {
    expect(() => parseJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not UTF-8');
  });
});
