import { AuthConfig } from '@app/config';
import { describe, expect, it } from 'vitest';
import { commonPasswords } from './common-passwords.js';
import { PasswordPolicy } from './password-policy.js';

const policy = new PasswordPolicy(Object.assign(new AuthConfig(), { passwordMinLength: 10 }));

describe('PasswordPolicy', () => {
  it.each(['correct horse', 'aaaaaaaaaa', '          ', '🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂'])(
    'asks for no kinds of characters: %j',
    (password) => {
      expect(() => policy.check(password, [])).not.toThrow();
    },
  );

  it.each([
    ['what is too short', 'correct 9'],
    ['what is too short in characters, though not in code units', '🙂🙂🙂🙂🙂🙂🙂🙂🙂'],
    ['a common password', '1234567890'],
    ['a common password in capitals', 'QWERTYUIOP'],
    ['the address', 'Ada@Example.com'],
    ['the name', 'ADA LOVELACE'],
  ])('refuses %s', (_, password) => {
    expect(() => policy.check(password, ['ada@example.com', 'Ada Lovelace'])).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', errors: [expect.objectContaining({ field: 'password' })] }),
    );
  });

  it('knows 3,000 passwords of eight characters or more', () => {
    expect(commonPasswords.size).toBe(3000);
    for (const password of commonPasswords) expect(password).toMatch(/^\S{8,}$/);
  });
});
