import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import * as argon2 from '@node-rs/argon2';
import { afterAll, describe, expect, it } from 'vitest';
import { HashThreads } from './hash-threads.js';

const options = { memoryCost: 1_024, timeCost: 1, parallelism: 1 };
const threads = new HashThreads(2);
afterAll(() => threads.onApplicationShutdown());

/** The nice value of each thread of this process (proc(5): 17 fields behind the name). */
function niceValues(): number[] {
  return readdirSync('/proc/self/task').map((id) => {
    const [, fields = ''] = readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ');
    return Number(fields.split(' ')[16]);
  });
}

describe('HashThreads', () => {
  it('hash and verify as argon2 does', async () => {
    const stored = await threads.hash('correct horse', options);
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/);
    expect(await argon2.verify(stored, 'correct horse')).toBe(true);
    expect(await threads.verify(stored, 'correct horse')).toBe(true);
    expect(await threads.verify(stored, 'correct mule')).toBe(false);
  });

  it('answer each what they asked for, when many ask at once', async () => {
    const passwords = Array.from({ length: 20 }, (_, index) => `password ${index}`);
    const hashes = await Promise.all(passwords.map((password) => threads.hash(password, options)));
    const matches = await Promise.all(hashes.map((stored, index) => threads.verify(stored, `password ${index}`)));
    expect(matches.every(Boolean)).toBe(true);
  });

  it('say what argon2 refuses, and go on', async () => {
    await expect(threads.verify('no hash', 'correct horse')).rejects.toThrow();
    await expect(threads.hash('correct horse', options)).resolves.toMatch(/^\$argon2id/);
  });

  it.runIf(platform() === 'linux')('give way to everything else in the process', async () => {
    const before = niceValues().filter((value) => value >= 10).length;
    await threads.hash('correct horse', options);
    expect(before).toBeLessThanOrEqual(2);
    expect(niceValues().filter((value) => value >= 10)).not.toHaveLength(0);
    expect(niceValues().filter((value) => value < 10).length).toBeGreaterThan(1);
  });

  it('fail what they were at when they are ended, and start again when they are asked', async () => {
    const own = new HashThreads(1);
    const asked = own.hash('correct horse', { ...options, timeCost: 200 });
    await own.onApplicationShutdown();
    await expect(asked).rejects.toThrow('has ended');
    await expect(own.hash('correct horse', options)).resolves.toMatch(/^\$argon2id/);
    await own.onApplicationShutdown();
  });
});
