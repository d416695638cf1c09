import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { WellKnownController } from './well-known.controller.js';

/** Documents under /.well-known. */
@Module({ imports: [AuthModule], controllers: [WellKnownController] })
export class WellKnownModule {}
