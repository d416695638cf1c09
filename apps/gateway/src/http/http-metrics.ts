import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Histogram, Registry } from 'prom-client';

const labelNames = ['method', 'path', 'status'] as const;

/** Counts and times answered requests by route, not by address: an id in a label would make a series per resource. */
@Injectable()
export class HttpMetrics {
  private readonly requests: Counter<(typeof labelNames)[number]>;
  private readonly duration: Histogram<(typeof labelNames)[number]>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({ name: 'http_requests_total', help: 'Answered requests.', labelNames, registers });
    this.duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer.',
      labelNames,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
  }

  answered(request: FastifyRequest, reply: FastifyReply): void {
    const labels = { method: request.method, path: request.routeOptions.url ?? 'none', status: reply.statusCode };
    this.requests.inc(labels);
    this.duration.observe(labels, reply.elapsedTime / 1000);
  }
}
