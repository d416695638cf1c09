import { describe, expect, it } from 'vitest';
import { emailOf, nameOf, subjectOf } from './person-fields.js';

describe('what a provider says about a person', () => {
  it('takes an id that is a text or a number', () => {
    expect(subjectOf('001234.abc.5678')).toBe('001234.abc.5678');
    expect(subjectOf(583231)).toBe('583231');
  });

  it.each([undefined, null, '', ' ', 'a b', 'ä', '\0', 'x'.repeat(256), 1.5, 2 ** 53, NaN, {}, ['a']])(
    'takes no id like %j',
    (value) => expect(subjectOf(value)).toBeUndefined(),
  );

  it("takes an address that could be an account's", () => {
    expect(emailOf('Ada@example.com')).toBe('Ada@example.com');
    for (const value of [
      undefined,
      null,
      '',
      'ada',
      'ada@',
      'a b@example.com',
      `${'a'.repeat(250)}@example.com`,
      ['a@example.com'],
    ]) {
      expect(emailOf(value)).toBeUndefined();
    }
  });

  it('takes a name as it is, without what cannot be stored or turns the text around', () => {
    expect(nameOf('Ada', 'Lovelace')).toBe('Ada Lovelace');
    expect(nameOf(' Zoë \u202Eevil\u0000\n ')).toBe('Zoë evil');
    expect(nameOf(undefined, 'Hopper')).toBe('Hopper');
    expect([...(nameOf('😀'.repeat(300)) ?? '')]).toHaveLength(255);
    for (const value of [undefined, null, '', ' ', '\0', 5, {}]) expect(nameOf(value)).toBeUndefined();
  });
});
