import { ciphertextPrefix, type KeyRing } from '@app/security';
import type { Pool } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import type { EncryptedColumn } from './encrypted-columns.js';
import { allKeysSql, keyCountsSql, otherKeysSql, replaceSealedSql, type SealedRow } from './encrypted-columns.sql.js';

/** Before every id. */
const FIRST = '00000000-0000-0000-0000-000000000000';
/** Rows that somebody held are looked at so many times. Whoever goes on writing under an old key is not waited for. */
const MOST_PASSES = 10;
const BETWEEN_PASSES_MS = 200;
const CHECKED_AT_ONCE = 500;

/**
 * Encrypts what a column has under other keys under the ring's current one. What is left to do stands in the rows alone, so
 * it may be ended at any moment, be started again, and run twice at once.
 * @param batch most rows of one transaction
 * @returns how many values it has encrypted anew
 */
export async function reencrypt(pool: Pool, ring: KeyRing, column: EncryptedColumn, batch: number): Promise<number> {
  let total = 0;
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    const { replaced, missed } = await passOver(pool, ring, column, batch);
    total += replaced;
    if (missed === 0) break;
    await pause(BETWEEN_PASSES_MS);
  }
  return total;
}

async function passOver(
  pool: Pool,
  ring: KeyRing,
  column: EncryptedColumn,
  batch: number,
): Promise<{ replaced: number; missed: number }> {
  const done = { replaced: 0, missed: 0 };
  let after = FIRST;
  for (;;) {
    const values = [after, ciphertextPrefix(ring.current.id), batch];
    const { rows } = await pool.query<SealedRow>(otherKeysSql(column), values);
    const last = rows.at(-1);
    if (last === undefined) return done;
    after = last.id;
    const fresh = rows.flatMap((row) => {
      const sealed = attempt(() => column.reseal(ring, row.owner, row.sealed));
      return sealed === undefined ? [] : [{ id: row.id, read: row.sealed, sealed }];
    });
    const { rowCount } = await pool.query(replaceSealedSql(column), [
      fresh.map(({ id }) => id),
      fresh.map(({ read }) => read),
      fresh.map(({ sealed }) => sealed),
    ]);
    done.replaced += rowCount ?? 0;
    done.missed += fresh.length - (rowCount ?? 0);
  }
}

/** Ids of the rows whose value does not open, under whichever key it is: opens every one of them. */
export async function unreadableRows(pool: Pool, ring: KeyRing, column: EncryptedColumn): Promise<string[]> {
  const unreadable: string[] = [];
  let after = FIRST;
  for (;;) {
    const { rows } = await pool.query<SealedRow>(allKeysSql(column), [after, CHECKED_AT_ONCE]);
    const last = rows.at(-1);
    if (last === undefined) return unreadable;
    after = last.id;
    for (const { id, owner, sealed } of rows) {
      if (attempt(() => (column.open(ring, owner, sealed), true)) === undefined) unreadable.push(id);
    }
  }
}

/** How many values of a column are under which key, by the key's id; '' for what is no ciphertext of ours. */
export async function keyCounts(pool: Pool, column: EncryptedColumn): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ key: string; count: number }>(keyCountsSql(column));
  return new Map(rows.map(({ key, count }) => [key, count]));
}

/** What cannot be opened is told by its row's id; why not would show no more than that. */
function attempt<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
