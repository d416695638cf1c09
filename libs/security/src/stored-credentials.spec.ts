import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KeyRing } from './key-ring.js';
import { openCredentials, sealCredentials } from './stored-credentials.js';

const key = (id: string) => ({ id, key: randomBytes(32) });
const [first, second] = [key('a'), key('b')];
const ring = new KeyRing([first]);
const owner = { userId: 'u', integrationId: 'i', version: 1 };
const credentials = { token: 'ghp_open sesame' };

describe('the credentials of an integration', () => {
  it('open for the row they were sealed for, also when the ring has a newer key', () => {
    const sealed = sealCredentials(ring, owner, credentials);
    expect(sealed).not.toContain('sesame');
    expect(openCredentials(ring, owner, sealed)).toEqual(credentials);
    expect(openCredentials(new KeyRing([second, first]), owner, sealed)).toEqual(credentials);
  });

  it.each([{ userId: 'v' }, { integrationId: 'j' }, { version: 2 }])('do not open in a row with %j', (other) => {
    const sealed = sealCredentials(ring, owner, credentials);
    expect(() => openCredentials(ring, { ...owner, ...other }, sealed)).toThrow('does not decrypt');
  });

  it('have a data key of their own, which opens no others', () => {
    const [one = '', two = ''] = [1, 2].map(() => sealCredentials(ring, owner, credentials));
    const mixed = [one.split('~')[0], two.split('~')[1]].join('~');
    expect(() => openCredentials(ring, owner, mixed)).toThrow('does not decrypt');
  });

  it('do not open once their key is gone, or when anything was cut off', () => {
    const sealed = sealCredentials(ring, owner, credentials);
    expect(() => openCredentials(new KeyRing([second]), owner, sealed)).toThrow('not in the ring');
    for (const part of ['', 'v1', sealed.slice(0, -2), sealed.split('~')[0] ?? '']) {
      expect(() => openCredentials(ring, owner, part)).toThrow('does not decrypt');
    }
  });
});
