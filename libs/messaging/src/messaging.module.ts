import type { ServiceName } from '@app/contracts';
import { Module, type DynamicModule } from '@nestjs/common';
import { CommandBus } from './commands/command-bus.js';
import { CommandMetrics } from './commands/command.metrics.js';
import { CommandReceiver } from './commands/command-receiver.js';
import { DeadLetters, SERVICE } from './commands/dead-letters.js';
import { RedisHealth } from './redis/redis-health.js';
import { RedisTransportClient } from './redis/redis-transport.client.js';
import { RedisTransportServer } from './redis/redis-transport.server.js';

/** The Redis transport of one process. Needs `RedisConfig` and the ObservabilityModule. */
@Module({})
export class MessagingModule {
  /** Provides CommandBus, CommandReceiver and RedisHealth to the whole process. Starts without Redis. */
  static forService(service: ServiceName): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      providers: [
        { provide: SERVICE, useValue: service },
        RedisTransportClient,
        RedisTransportServer,
        CommandMetrics,
        DeadLetters,
        CommandBus,
        CommandReceiver,
        RedisHealth,
      ],
      exports: [CommandBus, CommandReceiver, RedisHealth],
    };
  }
}
