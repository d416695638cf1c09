import { Global, Module } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Provides the registry that METRICS_PORT shows, with Node's own figures in it. Metrics are made beside what they measure. */
@Global()
@Module({
  providers: [
    {
      provide: Registry,
      useFactory: () => {
        const register = new Registry();
        collectDefaultMetrics({ register });
        return register;
      },
    },
  ],
  exports: [Registry],
})
export class MetricsModule {}
