import type { Variables } from '@app/config';
import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../platform/with-database.js';
import { holdingMigrationLock } from './migration-lock.js';

/** A migration this version knows, and whether the database has it. */
export interface MigrationState {
  readonly name: string;
  readonly applied: boolean;
}

/** A migration may take as long as it needs; nobody waits for its answer. */
const PATIENT = { DB_STATEMENT_TIMEOUT: '86400' };

/** Changes the schema. Several processes may ask at once: they take turns. */
@Injectable()
export class MigrationsService {
  /** Applies everything that is missing and returns the names, in their order. */
  async up(env: Variables): Promise<string[]> {
    return withDatabase({ ...env, ...PATIENT }, (dataSource) =>
      holdingMigrationLock(dataSource, async () => {
        const applied = await dataSource.runMigrations();
        return applied.map((migration) => migration.name);
      }),
    );
  }

  /** Reverts the latest `count` migrations and returns their names, latest first. */
  async down(env: Variables, count: number): Promise<string[]> {
    return withDatabase({ ...env, ...PATIENT }, (dataSource) =>
      holdingMigrationLock(dataSource, async () => {
        const applied = (await stateOf(dataSource)).filter((migration) => migration.applied);
        const reverted = applied.toReversed().slice(0, count);
        const names = reverted.map((migration) => migration.name);
        for (let undone = 0; undone < names.length; undone++) await dataSource.undoLastMigration();
        return names;
      }),
    );
  }

  /** All migrations of this version, oldest first. */
  async status(env: Variables): Promise<MigrationState[]> {
    return withDatabase(env, stateOf);
  }
}

async function stateOf(dataSource: DataSource): Promise<MigrationState[]> {
  const [table] = await dataSource.query<[{ name: string | null }]>(`SELECT to_regclass('migrations') AS name`);
  const rows = table.name === null ? [] : await dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
  const applied = new Set(rows.map((row) => row.name));
  return dataSource.migrations.map((migration) => {
    const name = migration.name ?? migration.constructor.name;
    return { name, applied: applied.has(name) };
  });
}
