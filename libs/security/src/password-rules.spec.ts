import { describe, expect, it } from 'vitest';
import { commonPasswords } from './common-passwords.js';
import { passwordMistake } from './password-rules.js';

const personal = ['ada.l@example.com', 'Ada Lovelace'];

function mistake(password: string): Promise<string | undefined> {
  return passwordMistake(password, { minLength: 10, personal });
}

describe('passwordMistake', () => {
  it.each([
    'correct horse',
    'aaaaaaaaaab',
    '          ',
    '🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂',
    'Ada and her horse',
    'biometrics of horses',
  ])('asks for no kinds of characters: %j', async (password) => {
    expect(await mistake(password)).toBeUndefined();
  });

  it.each([
    ['what is too short', 'correct 9'],
    ['what is too short in characters, though not in code units', '🙂🙂🙂🙂🙂🙂🙂🙂🙂'],
    ['what is too short once it is normalized as it is hashed', 'cafe\u0301 noir'],
  ])('refuses %s', async (_, password) => {
    expect(await mistake(password)).toBe('must have at least 10 characters');
  });

  it.each([
    ['a common password', '1234567890'],
    ['in capitals', 'QWERTYUIOP'],
    ['in full-width letters', 'ｑｗｅｒｔｙｕｉｏｐ'],
  ])('refuses %s', async (_, password) => {
    expect(await mistake(password)).toBe('is one of the most common passwords');
  });

  it.each([
    ['the address', 'Ada.L@Example.com'],
    ['the name', 'ADA LOVELACE'],
    ['the name with something added', 'ada_lovelace_1815!'],
    ['what is before the @, with something added', 'adal-1234567'],
    ['the name of the platform', 'Biometrics2026!'],
  ])('refuses %s', async (_, password) => {
    expect(await mistake(password)).toMatch(/^must be more than/);
  });
});

describe('commonPasswords', () => {
  it('are more than 10,000 that the length rule would let through', async () => {
    const common = await commonPasswords();
    expect(common.size).toBe(17_950);
    for (const password of common) expect(password).toBe(password.normalize('NFKC').toLowerCase());
  });
});
