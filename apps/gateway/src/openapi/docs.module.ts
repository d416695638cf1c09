import { Module } from '@nestjs/common';
import { ApiDescription } from './api-description.js';
import { DocsController } from './docs.controller.js';

/** /docs and /docs/openapi.json. */
@Module({ controllers: [DocsController], providers: [ApiDescription] })
export class DocsModule {}
