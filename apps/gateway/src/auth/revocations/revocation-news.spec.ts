import { newId, RevocationKind } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { RevocationNews } from './revocation-news.js';

const key = { kind: RevocationKind.ApiKey, id: newId() };
const revocation = { kind: key.kind, subjectId: key.id, revokedAt: 1_000, expiresAt: 9_000 };

describe('RevocationNews', () => {
  it('outdates what was read before it was learnt, not what was read afterwards', () => {
    const news = new RevocationNews();
    const before = news.position;
    expect(news.isAbout(key, before)).toBe(false);
    news.add(revocation);
    expect(news.isAbout(key, before)).toBe(true);
    expect(news.isAbout(key, news.position)).toBe(false);
    expect(news.isAbout({ ...key, id: newId() }, before)).toBe(false);
    expect(news.isAbout({ ...key, kind: RevocationKind.User }, before)).toBe(false);
  });

  it('learns the same row once, however often the feed brings it', () => {
    const news = new RevocationNews();
    news.add(revocation);
    const after = news.position;
    news.add({ ...revocation });
    expect(news.isAbout(key, after)).toBe(false);
  });

  it('takes a row that says an earlier time for news: clocks of gateways differ', () => {
    const news = new RevocationNews();
    news.add(revocation);
    const after = news.position;
    news.add({ ...revocation, revokedAt: revocation.revokedAt - 500 });
    expect(news.isAbout(key, after)).toBe(true);
  });

  it('forgets what has expired', () => {
    const news = new RevocationNews();
    news.add(revocation);
    news.prune(revocation.expiresAt);
    expect(news.isAbout(key, 0)).toBe(true);
    news.prune(revocation.expiresAt + 1);
    expect(news.isAbout(key, 0)).toBe(false);
  });
});
