import { EventsAcceptedDto } from '@app/contracts';
import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { RawBody } from '../http/raw-body.decorator.js';
import { EventsService } from './events.service.js';
import { readEvents } from './parse/read-events.js';

const NO_BODY = Buffer.alloc(0);

@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  /** Takes CloudEvents 1.0: structured, binary or as a batch. They start the caller's event workflows. */
  @RawBody()
  @HttpCode(202)
  @Scoped('events:write')
  @Post()
  accept(@CurrentUser() { userId }: Caller, @Req() { headers, body }: FastifyRequest): Promise<EventsAcceptedDto> {
    return this.events.accept(userId, readEvents(headers, Buffer.isBuffer(body) ? body : NO_BODY));
  }
}
