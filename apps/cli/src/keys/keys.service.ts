import { EncryptionConfig, loadConfig, type Variables } from '@app/config';
import { KeyRing } from '@app/security';
import { Injectable } from '@nestjs/common';
import { withPool } from '../platform/with-pool.js';
import { encryptedColumns } from './encrypted-columns.js';
import { keyCounts, reencrypt, unreadableRows } from './re-encrypt.js';

/** What became of a column. */
export interface RotatedColumn {
  readonly column: string;
  /** Values that this process has encrypted anew. */
  readonly reencrypted: number;
  /** Values that were under another key than the current one when everything was done. */
  readonly left: number;
  /** Ids of the rows whose value does not open. */
  readonly unreadable: readonly string[];
}

export interface Rotation {
  /** Id of the current key. */
  readonly key: string;
  readonly columns: readonly RotatedColumn[];
}

/** A key that is in the ring, or that something is encrypted under. */
export interface ListedKey {
  /** '' stands for values that are no ciphertext of ours. */
  readonly key: string;
  readonly current: boolean;
  /** Whether ENCRYPTION_KEYS of this process has it. */
  readonly in_ring: boolean;
  /** How many values each column has under it. */
  readonly values: Readonly<Record<string, number>>;
}

/** Looks after the key ring that secrets and credentials are stored under. */
@Injectable()
export class KeysService {
  /**
   * Encrypts everything that is under other keys of the ring under its current one, while the platform goes on. Then it
   * looks at every value once more: what it returns is what is there, not what it has done.
   * @param batch most rows of one transaction
   */
  async rotate(env: Variables, batch: number): Promise<Rotation> {
    const ring = ringOf(env);
    return withPool(env, async (pool) => {
      const reencrypted: number[] = [];
      for (const column of encryptedColumns) reencrypted.push(await reencrypt(pool, ring, column, batch));
      const columns: RotatedColumn[] = [];
      for (const [i, column] of encryptedColumns.entries()) {
        const unreadable = await unreadableRows(pool, ring, column);
        const counts = await keyCounts(pool, column);
        const left = [...counts].reduce((sum, [key, count]) => (key === ring.current.id ? sum : sum + count), 0);
        columns.push({ column: column.name, reencrypted: reencrypted[i] ?? 0, left, unreadable });
      }
      return { key: ring.current.id, columns };
    });
  }

  /** The keys of the ring in their order, then those that only values know. */
  async list(env: Variables): Promise<ListedKey[]> {
    const { keys } = loadConfig(EncryptionConfig, env);
    return withPool(env, async (pool) => {
      const listed = new Map(keys.map(({ id }) => [id, new Map<string, number>()]));
      for (const column of encryptedColumns) {
        for (const [key, count] of await keyCounts(pool, column)) {
          const values = listed.get(key) ?? new Map<string, number>();
          listed.set(key, values.set(column.name, count));
        }
      }
      return [...listed].map(([key, values]) => ({
        key,
        current: key === keys[0]?.id,
        in_ring: keys.some(({ id }) => id === key),
        values: Object.fromEntries(values),
      }));
    });
  }
}

function ringOf(env: Variables): KeyRing {
  return new KeyRing(loadConfig(EncryptionConfig, env).keys);
}
