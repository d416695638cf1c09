import { HealthService } from '@app/observability';
import { Injectable } from '@nestjs/common';
import { RedisTransportClient } from './redis-transport.client.js';

const PING_TIMEOUT_MS = 1_000;

/** Whether Redis is there. Its absence costs latency, not correctness, so a service without it is degraded and ready. */
@Injectable()
export class RedisHealth {
  constructor(
    private readonly client: RedisTransportClient,
    health: HealthService,
  ) {
    health.register({ name: 'redis', critical: false, check: () => this.check() });
  }

  /** By the connection's state alone: no round trip. */
  isUp(): boolean {
    return this.client.isUp();
  }

  /** Rejects when Redis does not answer a PING within a second. */
  async check(): Promise<void> {
    await this.client.ping(PING_TIMEOUT_MS);
  }
}
