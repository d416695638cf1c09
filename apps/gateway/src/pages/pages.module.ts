import { Module } from '@nestjs/common';
import { PagesController } from './pages.controller.js';

/** The pages that people see in a browser. */
@Module({ controllers: [PagesController] })
export class PagesModule {}
