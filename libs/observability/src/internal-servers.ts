import type { Server } from 'node:http';
import { ServiceConfig } from '@app/config';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Registry } from 'prom-client';
import { HealthService } from './health/health.service.js';
import { createInternalServer } from './health/internal-server.js';
import { createMetricsServer } from './metrics/metrics-server.js';
import { listen } from './start/listen.js';

/**
 * The servers for operators, not users: health on HEALTH_PORT, metrics on METRICS_PORT. They start last and stop
 * last, so that a probe sees a process that drains.
 */
@Injectable()
export class InternalServers implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly started: Server[] = [];

  constructor(
    private readonly config: ServiceConfig,
    private readonly health: HealthService,
    private readonly registry: Registry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.start('HEALTH_PORT', this.config.healthPort, createInternalServer(this.health));
    await this.start('METRICS_PORT', this.config.metricsPort, createMetricsServer(this.registry));
  }

  onApplicationShutdown(): void {
    for (const server of this.started) {
      server.close();
      server.closeAllConnections();
    }
  }

  private async start(variable: string, port: number, server: Server): Promise<void> {
    if (port === 0) return;
    await listen(server, { host: this.config.host, port, variable });
    this.started.push(server);
  }
}
