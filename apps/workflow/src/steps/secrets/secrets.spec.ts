import { describe, expect, it } from 'vitest';
import { references } from './secret-reader.js';
import { hiddenSecrets, hiddenTexts, withoutSecrets } from './without-secrets.js';

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

  it('knows them in the forms in which they come back', () => {
    const secret = 'p@ss word/"+"';
    const hidden = hiddenSecrets({ key: secret });
    const base64 = Buffer.from(secret).toString('base64');
    const forms = ['p%40ss%20word%2F%22%2B%22', 'p%40ss+word%2F%22%2B%22', 'p@ss word/\\"+\\"', base64, secret];
    expect(forms.map((form) => withoutSecrets(`<${form}>`, hidden))).toEqual(forms.map(() => '<{{ secrets.key }}>'));
  });

  it('knows texts that were made with them', () => {
    const made = (secret: string) => ({
      headers: { authorization: `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`, other: 'x' },
      body: [{ sum: secret.split('').reverse().join('') }, String(secret.length > 10), 7],
    });
    const [revealed, shown] = [made('s3cret-token'), made('{{ secrets.key }}')];
    const { authorization } = revealed.headers;
    const answer = { authorization, token: authorization.slice(6), sum: 'nekot-terc3s', n: 'true', other: 'x' };
    expect(withoutSecrets(answer, hiddenTexts(revealed, shown))).toEqual({
      authorization: shown.headers.authorization,
      token: shown.headers.authorization.slice(6),
      sum: (shown.body[0] as { sum: string }).sum,
      n: 'true',
      other: 'x',
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
