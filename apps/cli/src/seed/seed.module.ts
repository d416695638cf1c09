import { Module } from '@nestjs/common';
import { SeedCommand } from './seed.command.js';
import { SeedService } from './seed.service.js';

@Module({ providers: [SeedCommand, SeedService] })
export class SeedModule {}
