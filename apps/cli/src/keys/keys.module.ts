import { Module } from '@nestjs/common';
import { KeysCommand } from './keys.command.js';
import { KeysListCommand } from './keys-list.command.js';
import { KeysRotateCommand } from './keys-rotate.command.js';
import { KeysService } from './keys.service.js';

@Module({ providers: [KeysCommand, KeysRotateCommand, KeysListCommand, KeysService] })
export class KeysModule {}
