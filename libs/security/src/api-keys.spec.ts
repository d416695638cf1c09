import { describe, expect, it } from 'vitest';
import { isApiKey, newApiKey } from './api-keys.js';

describe('an API key', () => {
  it('has the documented form, and its prefix is no part of the secret', () => {
    const { key, prefix } = newApiKey();
    expect(key).toMatch(/^bio_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$/);
    expect(prefix).toBe(key.slice(0, 12));
    expect(isApiKey(key)).toBe(true);
  });

  it('is another one each time', () => {
    const keys = Array.from({ length: 100 }, () => newApiKey());
    expect(new Set(keys.map(({ key }) => key.slice(13))).size).toBe(100);
    expect(new Set(keys.map(({ prefix }) => prefix)).size).toBe(100);
  });

  it('keeps its checksum for ever: keys that people hold depend on it', () => {
    expect(isApiKey(KNOWN)).toBe(true);
  });

  it('with any one character changed, or two swapped, is none', () => {
    const { key } = newApiKey();
    const typos = [...key].map((character, at) => replaced(key, at, character === 'a' ? 'b' : 'a'));
    const swaps = [...key].flatMap((character, at) => {
      const next = key.charAt(at + 1);
      return next === '' || next === character ? [] : [key.slice(0, at) + next + character + key.slice(at + 2)];
    });
    for (const typo of [...typos, ...swaps]) expect(isApiKey(typo), typo).toBe(false);
  });

  it.each(['', 'bio_', 'x', ' ', 'bio_12345678_', `${newApiKey().key} `, newApiKey().key.toUpperCase()])(
    'is not %j',
    (text) => {
      expect(isApiKey(text)).toBe(false);
    },
  );
});

function replaced(text: string, at: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + 1);
}

/** Computed by another implementation of the documented form. */
const KNOWN = 'bio_2Kd81PzQ_7fGk2LmNpQrStUvWxYz0123456789ABCDEFGHIJKLMN32VEUN';
