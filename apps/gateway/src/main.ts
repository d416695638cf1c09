import 'reflect-metadata';
import { HttpConfig } from '@app/config';
import { runProcess } from '@app/observability';
import { createGateway } from './create-gateway.js';

await runProcess(createGateway, (app) => {
  const { host, port } = app.get(HttpConfig);
  return app.listen({ host, port });
});
