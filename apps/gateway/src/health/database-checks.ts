import { HealthService } from '@app/observability';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';

/** What the gateway cannot do anything without: PostgreSQL, with the schema this build was made for. */
@Injectable()
export class DatabaseChecks implements OnModuleInit {
  constructor(
    private readonly health: HealthService,
    private readonly pool: Pool,
    private readonly dataSource: DataSource,
  ) {}

  onModuleInit(): void {
    const critical = true;
    this.health.register({ name: 'postgres', critical, check: () => this.pool.query('SELECT 1') });
    this.health.register({ name: 'migrations', critical, check: () => this.requireMigrations() });
  }

  /** Later migrations than ours are welcome: a newer version is being rolled out beside us. */
  private async requireMigrations(): Promise<void> {
    const { rows } = await this.pool.query<{ name: string }>('SELECT name FROM migrations');
    const applied = new Set(rows.map(({ name }) => name));
    const missing = this.dataSource.migrations.filter(
      ({ name, constructor }) => !applied.has(name ?? constructor.name),
    );
    if (missing.length > 0) throw new Error(`${missing.length} migrations are missing; run: biometrics migrate up`);
  }
}
