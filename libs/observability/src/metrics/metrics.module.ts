import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { collectNodeMetrics } from './node-metrics.js';

/** Provides the registry that METRICS_PORT shows, with Node's own figures in it. Metrics are made beside what they measure. */
@Global()
@Module({
  providers: [
    {
      provide: Registry,
      useFactory: () => {
        const register = new Registry();
        collectNodeMetrics(register);
        return register;
      },
    },
  ],
  exports: [Registry],
})
export class MetricsModule {}
