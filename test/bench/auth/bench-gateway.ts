import 'reflect-metadata';
import { HttpConfig } from '@app/config';
import { UserDto } from '@app/contracts';
import { runProcess } from '@app/observability';
import { Controller, Get, Module, Param, UseInterceptors } from '@nestjs/common';
import { createGateway } from '../../../apps/gateway/src/create-gateway.js';
import { GatewayModule } from '../../../apps/gateway/src/gateway.module.js';
import { Public } from '../../../apps/gateway/src/http/access/access.decorators.js';
import { EtagInterceptor } from '../../../apps/gateway/src/http/etag.interceptor.js';
import { UsersModule } from '../../../apps/gateway/src/users/users.module.js';
import { UsersService } from '../../../apps/gateway/src/users/users.service.js';

/** `GET /auth/me` without its authentication: the same hooks, guards, query and answer, for anybody who asks. */
@Public()
@Controller('bench')
export class BenchController {
  constructor(private readonly users: UsersService) {}

  @UseInterceptors(EtagInterceptor)
  @Get('me/:id')
  me(@Param('id') id: string): Promise<UserDto> {
    return this.users.find(id);
  }
}

@Module({ imports: [GatewayModule, UsersModule], controllers: [BenchController] })
class BenchModule {}

await runProcess(
  (options) => createGateway(options, BenchModule),
  async (app) => {
    const { host, port } = app.get(HttpConfig);
    await app.listen({ host, port });
    process.send?.(await app.getUrl());
  },
);
