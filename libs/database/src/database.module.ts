import { DatabaseConfig } from '@app/config';
import { correctIdClock } from '@app/contracts';
import { Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { createDataSource } from './data-source.js';
import { hotPool } from './hot-pool.js';

/** Closes the pool last, after everything that may still write has stopped. */
@Injectable()
class DatabaseConnection implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

/** Provides the `DataSource` for TypeORM and the `Pool` for hot paths, over the same connections. */
@Global()
@Module({
  providers: [
    {
      provide: DataSource,
      inject: [DatabaseConfig],
      useFactory: async (config: DatabaseConfig) => {
        const dataSource = await createDataSource(config).initialize();
        correctIdClock(await databaseClock(hotPool(dataSource)));
        return dataSource;
      },
    },
    { provide: Pool, inject: [DataSource], useFactory: hotPool },
    DatabaseConnection,
  ],
  exports: [DataSource, Pool],
})
export class DatabaseModule {}

async function databaseClock(pool: Pool): Promise<number> {
  const result = await pool.query<{ ms: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms');
  return Number(result.rows[0]?.ms);
}
