import { Global, Module } from '@nestjs/common';
import { GlobalOptions } from './global-options.js';
import { Output } from './output.service.js';

/** What every command may use. */
@Global()
@Module({ providers: [GlobalOptions, Output], exports: [GlobalOptions, Output] })
export class OutputModule {}
