import 'reflect-metadata';
import { testDatabase, type TestDatabase } from '@app/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource } from '../data-source.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await testDatabase();
  dataSource = await createDataSource(database.config).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** The first column of each row. */
async function column(sql: string): Promise<string[]> {
  const rows = await dataSource.query<Record<string, string>[]>(sql);
  return rows.flatMap((row) => Object.values(row).slice(0, 1));
}

const ours = `table_schema = 'public' AND table_name <> 'migrations'`;

describe('the schema', () => {
  it('has an index for every foreign key', async () => {
    const uncovered = await column(`
      SELECT conrelid::regclass || ' (' || conkey::text || ')' FROM pg_constraint
       WHERE contype = 'f' AND conparentid = 0 AND NOT EXISTS (
         SELECT FROM pg_index
          WHERE indrelid = conrelid AND indpred IS NULL
            AND (indkey::smallint[])[0:cardinality(conkey) - 1] = conkey)`);
    expect(uncovered).toEqual([]);
  });

  it('keeps every time with its zone', async () => {
    const types = `('timestamp without time zone', 'date', 'time without time zone')`;
    const sql = `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE ${ours} AND data_type IN ${types}`;
    expect(await column(sql)).toEqual([]);
  });

  it('makes no id by itself', async () => {
    const sql = `SELECT table_name FROM information_schema.columns WHERE ${ours} AND column_name = 'id' AND column_default IS NOT NULL`;
    expect(await column(sql)).toEqual([]);
  });

  it('lets only the values in that a closed set has', async () => {
    const insert = `INSERT INTO users (id, email, name, roles) VALUES (gen_random_uuid(), 'ada@example.com', 'Ada', $1)`;
    await expect(dataSource.query(insert, [['god']])).rejects.toMatchObject({ code: '23514' });
    await dataSource.query(insert, [['user', 'admin']]);
    const clone = `INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), 'ADA@example.com', 'Eve')`;
    await expect(dataSource.query(clone)).rejects.toMatchObject({ code: '23505', constraint: 'users_email' });
  });
});

describe('every entity', () => {
  it('has the columns of its table, with their types and whether they may be null', async () => {
    const rows = await dataSource.query<{ name: string; type: string; nullable: boolean }[]>(`
      SELECT relname || '.' || attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
       WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped`);
    const inDatabase = new Map(rows.map(({ name, ...rest }) => [name, rest]));
    for (const { tableName, columns } of dataSource.entityMetadatas) {
      for (const described of columns) {
        const name = `${tableName}.${described.databaseName}`;
        const type = dataSource.driver.createFullType({
          ...described,
          name,
          type: dataSource.driver.normalizeType(described),
          length: described.length,
        } as never);
        expect({ name, ...inDatabase.get(name) }).toEqual({
          name,
          type: spelled(type),
          nullable: described.isNullable,
        });
      }
    }
    expect(dataSource.entityMetadatas.length).toBeGreaterThan(15);
  });
});

/** PostgreSQL's own spelling of a type. */
function spelled(type: string): string {
  return type
    .replace(/^timestamptz$|^TIMESTAMP WITH TIME ZONE$/i, 'timestamp with time zone')
    .replace(/^varchar/, 'character varying')
    .replace(/ array$/, '[]');
}
