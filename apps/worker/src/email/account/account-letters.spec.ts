import { describe, expect, it } from 'vitest';
import {
  emailChangedLetter,
  invitationLetter,
  passwordChangedLetter,
  passwordResetLetter,
  verificationLetter,
  type LetterFacts,
} from './account-letters.js';
import { inWords } from './duration-in-words.js';
import { escapeHtml, letter } from './letter.js';

const facts: LetterFacts = { publicUrl: 'https://platform.test', email: 'ada@example.com' };
const link = { token: 'c2VjcmV0', ttlMs: 1_800_000 };

describe('the letters about accounts', () => {
  it.each([
    ['verification', verificationLetter, '/account/verify-email'],
    ['password reset', passwordResetLetter, '/account/reset-password'],
    ['invitation', invitationLetter, '/account/register'],
  ])('of a %s lead to the page with the token where no server sees it', (_, write, page) => {
    const { subject, text, html } = write(facts, link);
    const url = `https://platform.test${page}#token=c2VjcmV0`;
    expect(subject).toContain('platform.test');
    expect(text.split('\n')).toContain(url);
    expect(html).toContain(`<a href="${url}"`);
    for (const body of [text, html]) expect(body).toContain('30 minutes');
  });

  it.each([
    ['password', passwordChangedLetter],
    ['address', emailChangedLetter],
  ])('of a changed %s let nobody in', (_, write) => {
    const { text, html } = write(facts);
    expect(text + html).not.toMatch(/token|<a /);
    expect(text).toContain('ada@example.com');
  });

  it('load nothing from anywhere', () => {
    expect(verificationLetter(facts, link).html).not.toMatch(/<(img|link|script|style|iframe)|url\(/i);
  });
});

describe('letter', () => {
  it('means text by text, in HTML too', () => {
    const hostile = `"><script>alert('&')</script>`;
    const { text, html } = letter({
      subject: hostile,
      paragraphs: [hostile],
      link: { label: hostile, url: hostile },
      footer: hostile,
    });
    expect(text).toContain(hostile);
    expect(html).not.toContain('<script');
    expect(html.split(escapeHtml(hostile))).toHaveLength(7);
  });
});

describe('inWords', () => {
  it.each([
    [604_800_000, '7 days'],
    [86_400_000, '24 hours'],
    [3_600_000, '60 minutes'],
    [60_000, 'a minute'],
  ])('says %i ms as %s', (ms, words) => {
    expect(inWords(ms)).toBe(words);
  });
});
