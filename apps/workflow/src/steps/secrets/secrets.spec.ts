import { describe, expect, it } from 'vitest';
import { references } from './secret-reader.js';
import { hiddenSecrets, withoutSecrets } from './without-secrets.js';

describe('withoutSecrets', () => {
  it('puts references in the place of values, in texts, lists, members and names', () => {
    const secrets = { key: 's3cret', longer: 's3cret-and-more', short: 'x' };
    const answer = { echo: 'Bearer s3cret', list: ['s3cret-and-more', 1, null], s3cret: true, x: 'x' };
    expect(withoutSecrets(answer, hiddenSecrets(secrets))).toEqual({
      echo: 'Bearer {{ secrets.key }}',
      list: ['{{ secrets.longer }}', 1, null],
      '{{ secrets.key }}': true,
      x: 'x',
    });
  });

  it('leaves an answer as it is when no secrets were sent', () => {
    const answer = { a: 1 };
    expect(withoutSecrets(answer, [])).toBe(answer);
  });
});

it('references read like what the author wrote', () => {
  expect(references(['a', 'b'])).toEqual({ a: '{{ secrets.a }}', b: '{{ secrets.b }}' });
});
