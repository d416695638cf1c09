import { readFileSync } from 'node:fs';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpSchema } from './dump-schema.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('docs/schema.sql', () => {
  it('is what the migrations make: `make generate` after a migration', async () => {
    expect(readFileSync('docs/schema.sql', 'utf8')).toBe(await dumpSchema(pool));
  });

  it('can be executed and then describes itself', async () => {
    await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await pool.query(readFileSync('docs/schema.sql', 'utf8'));
    expect(await dumpSchema(pool)).toBe(readFileSync('docs/schema.sql', 'utf8'));
  });
});
