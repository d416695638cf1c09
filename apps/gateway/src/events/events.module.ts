import { Module } from '@nestjs/common';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';

/** CloudEvents: what comes in. */
@Module({ controllers: [EventsController], providers: [EventsService] })
export class EventsModule {}
