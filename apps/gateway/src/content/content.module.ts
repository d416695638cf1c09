import { Module } from '@nestjs/common';
import { ContentChangesService } from './content-changes.service.js';
import { ContentRevisionsController } from './content-revisions.controller.js';
import { ContentRevisionsService } from './content-revisions.service.js';
import { ContentController } from './content.controller.js';
import { ContentService } from './content.service.js';

/** Content and its revisions. */
@Module({
  controllers: [ContentController, ContentRevisionsController],
  providers: [ContentService, ContentChangesService, ContentRevisionsService],
})
export class ContentModule {}
