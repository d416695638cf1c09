import { AppError } from '@app/contracts';
import { Injectable, type INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { createOpenApiDocument } from './create-open-api-document.js';

/** The document of the running gateway, made when somebody first asks for it. */
@Injectable()
export class ApiDescription {
  private app: INestApplication | undefined;
  private made: Promise<OpenAPIObject> | undefined;

  describe(app: INestApplication): void {
    this.app = app;
  }

  document(): Promise<OpenAPIObject> {
    this.made ??= this.make();
    return this.made;
  }

  private async make(): Promise<OpenAPIObject> {
    if (this.app === undefined) {
      throw new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: 'There is no application to describe.' });
    }
    return createOpenApiDocument(this.app);
  }
}
