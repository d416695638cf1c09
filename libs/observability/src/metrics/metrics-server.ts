import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/** Serves a registry at GET /metrics in the Prometheus text format. Not started: see `listen`. */
export function createMetricsServer(registry: Registry): Server {
  return createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}
