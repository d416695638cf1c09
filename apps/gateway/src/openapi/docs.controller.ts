import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import { Public } from '../http/access/access.decorators.js';
import { problem } from '../http/problems/problem.js';
import { Produces } from '../http/produces.decorator.js';
import { ApiDescription } from './api-description.js';
import { docsPage, docsScript } from './docs.page.js';

const assetFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const assetTypes: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** The API for people to read and try. */
@Public()
@Produces('*/*')
@ApiExcludeController()
@Controller('docs')
export class DocsController {
  constructor(private readonly description: ApiDescription) {}

  @Header('content-type', 'text/html; charset=utf-8')
  @Get()
  page(): string {
    return docsPage;
  }

  @Header('content-type', 'text/javascript; charset=utf-8')
  @Get('start.js')
  script(): string {
    return docsScript;
  }

  @Get('openapi.json')
  document(): Promise<OpenAPIObject> {
    return this.description.document();
  }

  @Header('cache-control', 'public, max-age=3600')
  @Get(':asset')
  async asset(@Param('asset') asset: string): Promise<StreamableFile> {
    const type = assetTypes[asset];
    if (type === undefined) throw problem('NOT_FOUND');
    return new StreamableFile(await readFile(join(assetFolder, asset)), { type });
  }
}
