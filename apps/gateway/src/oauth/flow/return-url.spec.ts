import { describe, expect, it } from 'vitest';
import { withOutcome } from './return-url.js';

describe('withOutcome', () => {
  it.each([
    ['https://app.test/in', 'https://app.test/in?code=c'],
    ['https://app.test/in?from=oauth', 'https://app.test/in?from=oauth&code=c'],
    ['https://app.test/in?code=old', 'https://app.test/in?code=c'],
    ['com.example.app:/in', 'com.example.app:/in?code=c'],
  ])('adds a code to %s', (url, expected) => {
    expect(withOutcome(url, { code: 'c' })).toBe(expected);
  });

  it('leaves nothing of an outcome that could be another parameter', () => {
    expect(withOutcome('https://app.test/in', { error: 'a&code=b' })).toBe('https://app.test/in?error=a%26code%3Db');
  });
});
