import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/** So seldom that it never happens, in ms. */
const NEVER = 2 ** 31 - 1;

/** Made of samples of a timer that would wake an idle process a hundred times a second. */
const SAMPLED = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (name) => `nodejs_eventloop_lag_${name}_seconds`,
);

/**
 * Adds Node.js's own figures, each read when somebody asks for the metrics: nothing is sampled in between. How busy the
 * event loop is, is told by its utilization instead of by a distribution of its delays.
 */
export function collectNodeMetrics(register: Registry): void {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: NEVER });
  for (const name of SAMPLED) register.removeSingleMetric(name);
  let last = performance.eventLoopUtilization();
  const utilization = new Gauge({
    name: 'nodejs_eventloop_utilization_ratio',
    help: 'Share of the time since the last look in which the event loop was busy, from 0 to 1.',
    registers: [],
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, last).utilization);
      last = now;
    },
  });
  register.registerMetric(utilization);
}
