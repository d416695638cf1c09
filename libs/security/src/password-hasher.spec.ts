import { hash, verify } from '@node-rs/argon2';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PasswordHasher } from './password-hasher.js';

const hasher = new PasswordHasher({ concurrency: 2 });

describe('PasswordHasher', () => {
  it('hashes with argon2id and the parameters OWASP names', async () => {
    expect(await hasher.hash('correct horse')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('knows the password again and no other', async () => {
    const stored = await hasher.hash('correct horse');
    expect(await hasher.verify('correct horse', stored)).toBe(true);
    expect(await hasher.verify('correct horse ', stored)).toBe(false);
    expect(await hasher.verify('', stored)).toBe(false);
  });

  it('takes composed and decomposed letters for the same', async () => {
    expect(await hasher.verify('cafe\u0301', await hasher.hash('caf\u00e9'))).toBe(true);
  });

  it('lets nobody in without a stored hash', async () => {
    expect(await hasher.verify('\0', undefined)).toBe(false);
    expect(await hasher.verify('', undefined)).toBe(false);
  });

  it('works as hard for an account that does not exist: one verification of the same cost', async () => {
    const costs: string[] = [];
    const counting = new PasswordHasher(
      { concurrency: 2 },
      {
        hash,
        verify: (stored, password) => {
          costs.push(String(stored).split('$').slice(0, 4).join('$'));
          return verify(stored, password);
        },
      },
    );
    await counting.verify('wrong', await counting.hash('correct horse'));
    await counting.verify('wrong', undefined);
    expect(costs).toHaveLength(2);
    expect(costs[1]).toBe(costs[0]);
  });

  it('leaves the event loop free', async () => {
    let turns = 0;
    let done = false;
    const hashing = hasher.hash('correct horse').then(() => (done = true));
    while (!done) {
      await turn();
      turns += 1;
    }
    await hashing;
    expect(turns).toBeGreaterThan(10);
  });
});
