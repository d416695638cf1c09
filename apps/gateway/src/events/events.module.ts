import { BlobsModule } from '@app/blobs';
import { Module } from '@nestjs/common';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';

/** CloudEvents: what comes in. */
@Module({ imports: [BlobsModule], controllers: [EventsController], providers: [EventsService] })
export class EventsModule {}
