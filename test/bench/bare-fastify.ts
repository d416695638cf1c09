import fastify from 'fastify';
import type { AddressInfo } from 'node:net';

/** The reference F: what the HTTP framework alone answers on this machine. Prints its port; ends with its parent. */
const app = fastify({ logger: false });
app.get('/', () => ({ hello: 'world' }));
await app.listen({ host: '127.0.0.1', port: 0 });
process.on('disconnect', () => process.exit(0));
process.send?.((app.server.address() as AddressInfo).port);
