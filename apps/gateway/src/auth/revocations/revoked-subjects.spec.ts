import { newId, RevocationKind } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { RevokedSubjects } from './revoked-subjects.js';

const [sessionId, userId] = [newId(), newId()];
const second = 1_795_000_000;
const token = { sessionId, userId, issuedAt: second };
const later = (second + 900) * 1000;

describe('RevokedSubjects', () => {
  it('knows the tokens of an ended session, whenever they were issued', () => {
    const revoked = new RevokedSubjects();
    expect(revoked.includes(token)).toBe(false);
    revoked.add({ kind: RevocationKind.Session, subjectId: sessionId, revokedAt: 0, expiresAt: later });
    expect(revoked.includes(token)).toBe(true);
    expect(revoked.includes({ ...token, sessionId: newId() })).toBe(false);
  });

  it('knows the tokens that a user had before, in whatever order the rows come', () => {
    const revoked = new RevokedSubjects();
    const ofUser = { kind: RevocationKind.User, subjectId: userId, expiresAt: later };
    revoked.add({ ...ofUser, revokedAt: second * 1000 + 400 });
    revoked.add({ ...ofUser, revokedAt: second * 1000 - 5_000 });
    expect(revoked.includes({ ...token, issuedAt: second })).toBe(true);
    expect(revoked.includes({ ...token, issuedAt: second + 1 })).toBe(false);
  });

  it('does not mix up kinds', () => {
    const revoked = new RevokedSubjects();
    revoked.add({ kind: RevocationKind.ApiKey, subjectId: sessionId, revokedAt: later, expiresAt: later });
    expect(revoked.includes({ ...token, userId: sessionId })).toBe(false);
  });

  it('forgets what is about tokens that are over', () => {
    const revoked = new RevokedSubjects();
    revoked.add({ kind: RevocationKind.Session, subjectId: sessionId, revokedAt: 0, expiresAt: later });
    revoked.prune(later);
    expect(revoked.includes(token)).toBe(true);
    revoked.prune(later + 1);
    expect(revoked.includes(token)).toBe(false);
  });
});
