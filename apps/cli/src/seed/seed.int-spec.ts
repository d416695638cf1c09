import { createDataSource, User, Workflow } from '@app/database';
import { PasswordHasher } from '@app/security';
import { type TestDatabase, testDatabase } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeedService } from './seed.service.js';

let database: TestDatabase;
const seed = new SeedService();

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(async () => {
  await database.drop();
});

describe('SeedService', () => {
  it('makes a user who can sign in and a workflow, once', async () => {
    const env = { DATABASE_URL: database.url, PASSWORD_HASH_MEMORY: '20MiB', PASSWORD_HASH_PASSES: '2' };
    const seeded = await seed.run(env);
    expect(await seed.run(env)).toBeUndefined();

    const dataSource = await createDataSource(database.config).initialize();
    const select = { id: true, email: true, password: true };
    const users = await dataSource.getRepository(User).find({ select });
    const workflows = await dataSource.getRepository(Workflow).find();
    await dataSource.destroy();

    expect(users.map((user) => user.email)).toEqual([seeded?.email]);
    expect(workflows).toMatchObject([{ id: seeded?.workflow_id, user_id: users[0]?.id, status: 'active' }]);
    expect(users[0]?.password).toMatch(/^\$argon2id\$v=19\$m=20480,t=2,p=1\$/);
    const hasher = new PasswordHasher({ concurrency: 1 });
    expect(await hasher.verify(seeded?.password ?? '', users[0]?.password ?? undefined)).toBe(true);
  });

  it('refuses where other people depend on the platform', async () => {
    const env = { DATABASE_URL: database.url, ENVIRONMENT: 'production' };
    await expect(seed.run(env)).rejects.toThrow('Seeding is for development, not for production.');
  });
});
