import * as argon2 from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LEAST_COST, PasswordHasher } from './password-hasher.js';

const hasher = new PasswordHasher({ concurrency: 2, cost: LEAST_COST });

describe('PasswordHasher', () => {
  it('hashes with argon2id, with the memory and the passes that RFC 9106 recommends', async () => {
    const stored = await new PasswordHasher({ concurrency: 1 }).hash('correct horse');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  });

  it('costs what it is told to, with the parameters that OWASP names as the least', async () => {
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
        bcrypt,
        argon2id: {
          hash: argon2.hash,
          verify: (stored, password) => {
            costs.push(String(stored).split('$').slice(0, 4).join('$'));
            return argon2.verify(stored, password);
          },
        },
      },
    );
    await counting.verify('wrong', await counting.hash('correct horse'));
    await counting.verify('wrong', undefined);
    await counting.verify('wrong', '$pbkdf2-sha256$29000$c2FsdA$aGFzaA');
    expect(costs).toHaveLength(3);
    expect(new Set(costs).size).toBe(1);
  });

  it.each(['2a', '2b', '2y'])('knows a password by its bcrypt hash of kind %s', async (kind) => {
    const stored = (await bcrypt.hash('correct horse', 4)).replace('$2b$', `$${kind}$`);
    expect(await hasher.verify('correct horse', stored)).toBe(true);
    expect(await hasher.verify('correct mule', stored)).toBe(false);
  });

  it('hands over no more than may be under way and what it was told to hand over ahead', async () => {
    const waiting: (() => void)[] = [];
    const hash = async (): Promise<string> => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return 'hash';
    };
    const held = new PasswordHasher({ concurrency: 2, ahead: 1 }, { argon2id: { hash, verify: argon2.verify } });
    const hashes = Promise.all(Array.from({ length: 5 }, () => held.hash('correct horse')));
    await turn();
    expect(waiting).toHaveLength(3);
    while (waiting.length > 0) {
      waiting.shift()?.();
      await turn();
    }
    expect(await hashes).toHaveLength(5);
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

describe('an outdated hash', () => {
  it('is none that is made now', async () => {
    expect(hasher.isOutdated(await hasher.hash('correct horse'))).toBe(false);
  });

  it('is one that cost less than those made now', async () => {
    expect(new PasswordHasher({ concurrency: 1 }).isOutdated(await hasher.hash('correct horse'))).toBe(true);
  });

  it.each([
    ['$2b$12$CaJCWxCJVubfTb13GPK2h.OI7yNwacHYis9a4mt7zbIrqnluKWsdi', true],
    ['$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['$argon2id$v=16$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['$argon2id$v=19$m=12288,t=3,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['$argon2id$v=19$m=65536,t=1,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA', false],
  ])('of %s is %s', (stored, isOutdated) => {
    expect(hasher.isOutdated(stored)).toBe(isOutdated);
  });
});
