import { createServer, type Server } from 'node:http';
import { isReady, type HealthService } from './health.service.js';

const ALIVE = { status: 'ok' };

/**
 * The health server of a process that has no other HTTP server: GET /health says that it is alive, GET /ready whether
 * it takes work (503 when not). Not started: see `listen`.
 */
export function createInternalServer(health: HealthService): Server {
  return createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { status: 'method not allowed' });
    if (request.url === '/health') return answer(200, ALIVE);
    if (request.url !== '/ready') return answer(404, { status: 'not found' });
    void health.report().then((report) => answer(isReady(report) ? 200 : 503, report));
  });
}
