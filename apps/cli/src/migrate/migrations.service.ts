import { DatabaseConfig, loadConfig, type Variables } from '@app/config';
import { createDataSource } from '@app/database';
import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { holdingMigrationLock } from './migration-lock.js';

/** A migration this version knows, and whether the database has it. */
export interface MigrationState {
  readonly name: string;
  readonly applied: boolean;
}

/** A migration may take as long as it needs; nobody waits for its answer. */
const STATEMENT_TIMEOUT = { DB_STATEMENT_TIMEOUT: '86400' };

/** Changes the schema. Several processes may ask at once: they take turns. */
@Injectable()
export class MigrationsService {
  /** Applies everything that is missing and returns the names, in their order. */
  async up(env: Variables): Promise<string[]> {
    return connected(env, (dataSource) =>
      holdingMigrationLock(dataSource, async () => {
        const applied = await dataSource.runMigrations();
        return applied.map((migration) => migration.name);
      }),
    );
  }

  /** Reverts the latest `count` migrations and returns their names, latest first. */
  async down(env: Variables, count: number): Promise<string[]> {
    return connected(env, (dataSource) =>
      holdingMigrationLock(dataSource, async () => {
        const before = await stateOf(dataSource);
        const reverted = before
          .filter((migration) => migration.applied)
          .toReversed()
          .slice(0, count);
        for (const _ of reverted) await dataSource.undoLastMigration();
        return reverted.map((migration) => migration.name);
      }),
    );
  }

  /** All migrations of this version, oldest first. */
  async status(env: Variables): Promise<MigrationState[]> {
    return connected(env, stateOf);
  }
}

async function connected<T>(env: Variables, use: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = createDataSource(loadConfig(DatabaseConfig, { ...env, ...STATEMENT_TIMEOUT }));
  await dataSource.initialize();
  try {
    return await use(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function stateOf(dataSource: DataSource): Promise<MigrationState[]> {
  const [table] = await dataSource.query<[{ name: string | null }]>(`SELECT to_regclass('migrations') AS name`);
  const rows = table.name === null ? [] : await dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
  const applied = new Set(rows.map((row) => row.name));
  return dataSource.migrations.map(({ name, constructor }) => {
    const known = name ?? constructor.name;
    return { name: known, applied: applied.has(known) };
  });
}
