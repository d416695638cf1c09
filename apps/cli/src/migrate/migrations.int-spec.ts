import { type TestDatabase, testDatabase } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MigrationsService } from './migrations.service.js';

let database: TestDatabase;
const migrations = new MigrationsService();

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(async () => {
  await database.drop();
});

describe('MigrationsService', () => {
  it('reverts everything, latest first, and applies it again', async () => {
    const env = { DATABASE_URL: database.url };
    const all = (await migrations.status(env)).map(({ name }) => name);
    expect(all.length).toBeGreaterThan(0);

    expect(await migrations.down(env, 1)).toEqual(all.slice(-1));
    expect(await migrations.down(env, 1_000)).toEqual(all.slice(0, -1).toReversed());
    expect((await migrations.status(env)).every(({ applied }) => !applied)).toBe(true);

    expect(await migrations.up(env)).toEqual(all);
    expect(await migrations.up(env)).toEqual([]);
    expect((await migrations.status(env)).every(({ applied }) => applied)).toBe(true);
  });

  it('lets two processes take turns', async () => {
    const env = { DATABASE_URL: database.url };
    await migrations.down(env, 1);
    const both = await Promise.all([migrations.up(env), migrations.up(env)]);
    expect(both.flat()).toHaveLength(1);
  });
});
