import type { Pool } from 'pg';
import { expect, it } from 'vitest';
import { DefinitionCache, keyOf, type VersionKey } from './definition-cache.service.js';

const MEBIBYTE = 1_048_576;
const version = (number: number): VersionKey => ({ workflowId: 'w', version: number });

/** Has every version, each of so many bytes, and counts how often they are read. */
function cacheOf(bytes: number): { cache: DefinitionCache; read: number[] } {
  const read: number[] = [];
  const query = (_sql: string, [, versions]: [string[], number[]]): Promise<object> => {
    read.push(...versions);
    const steps = [{ id: 'a', type: 'transform', config: { expression: '1' } }];
    return Promise.resolve({ rows: versions.map((v) => ({ workflow_id: 'w', version: v, steps, config: {}, bytes })) });
  };
  return { cache: new DefinitionCache({ query } as unknown as Pool), read };
}

it('A version is read and compiled once', async () => {
  const { cache, read } = cacheOf(1_000);
  const first = await cache.load([version(1), version(1), version(2)]);
  const second = await cache.load([version(2), version(1)]);
  expect(read).toEqual([1, 2]);
  expect(second.get(keyOf(version(1)))).toBe(first.get(keyOf(version(1))));
});

it('Of large ones so many are kept as come to sixteen mebibytes, and who asks for more has them all', async () => {
  const { cache, read } = cacheOf(MEBIBYTE);
  const versions = Array.from({ length: 20 }, (_, number) => version(number));
  expect((await cache.load(versions)).size).toBe(20);
  await cache.load(versions.slice(4));
  expect(read).toHaveLength(20);
  await cache.load(versions.slice(0, 4));
  expect(read).toHaveLength(24);
});
