import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers every request with a small JSON, when its body has come. Tells its port; ends with its parent. */
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true}');
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
