import { testDatabase, type TestDatabase } from '@app/testing';
import * as fc from 'fast-check';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asStored } from './as-stored.js';
import { isStorableJson } from './storable-json.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const names = fc.oneof(
  fc.constantFrom('a', 'b', 'aa', 'Z', '10', '9', 'é', 'zz', '__proto__', 'ab', '😀'),
  fc.string(),
);
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue({ maxDepth: 0 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 8, noNullPrototype: true }),
  ),
})).value;

it('A value is the same as one that was written and read again, the order of its members too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 30 }), async (some) => {
      const texts = some.map((value) => JSON.stringify(value)).filter(isStorableJson);
      const { rows } = await pool.query<{ value: unknown }>('SELECT value FROM unnest($1::jsonb[]) AS v (value)', [
        texts,
      ]);
      const ours = texts.map((text) => JSON.stringify(asStored(JSON.parse(text))));
      expect(ours).toEqual(rows.map(({ value }) => JSON.stringify(value)));
    }),
    { seed: 42, numRuns: 50 },
  );
});
