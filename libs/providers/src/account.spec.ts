import { describe, expect, it } from 'vitest';
import { accountOf } from './account.js';

describe('accountOf', () => {
  it('is the same for every path of an origin and every order of secrets', () => {
    const account = accountOf('u', 'https://API.example.com:443/a?b=c', ['b', 'a']);
    expect(account).toEqual({ userId: 'u', origin: 'https://api.example.com', name: 'https://api.example.com a b' });
    expect(accountOf('u', 'https://api.example.com/d', ['a', 'b'])).toEqual(account);
  });

  it.each([
    ['another secret', 'https://api.example.com', ['c']],
    ['no secret', 'https://api.example.com', []],
    ['another port', 'https://api.example.com:444', ['a', 'b']],
    ['no encryption', 'http://api.example.com', ['a', 'b']],
  ])('is another one with %s', (_what, url, secrets) => {
    expect(accountOf('u', url, secrets).name).not.toBe(accountOf('u', 'https://api.example.com', ['a', 'b']).name);
  });

  it('has a name that fits, however long what it stands for is', () => {
    const secrets = Array.from({ length: 20 }, (_, n) => `${'s'.repeat(60)}${n}`);
    const { name } = accountOf('u', 'https://api.example.com', secrets);
    expect(name).toHaveLength(255);
    expect(accountOf('u', 'https://api.example.com', secrets.slice(1)).name).not.toBe(name);
  });
});
