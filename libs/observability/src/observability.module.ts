import { ServiceConfig, type ProcessName } from '@app/config';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { HealthService } from './health/health.service.js';
import { InternalServers } from './internal-servers.js';
import { createLogger } from './logging/logger.js';
import { NestLogger } from './logging/nest-logger.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { GracefulShutdown } from './shutdown/graceful-shutdown.js';

/** Logger, health, metrics and shutdown of a process. Needs `ServiceConfig` from the ConfigModule. */
@Global()
@Module({})
export class ObservabilityModule {
  /** @param process whose name stands in every log line */
  static forProcess(process: ProcessName): DynamicModule {
    const logger = {
      provide: NestLogger,
      inject: [ServiceConfig],
      useFactory: ({ logLevel }: ServiceConfig) => new NestLogger(createLogger(process, logLevel)),
    };
    return {
      module: ObservabilityModule,
      imports: [MetricsModule],
      providers: [logger, HealthService, GracefulShutdown, InternalServers],
      exports: [NestLogger, HealthService, GracefulShutdown],
    };
  }
}
