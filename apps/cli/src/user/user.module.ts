import { Module } from '@nestjs/common';
import { FirstAdminService } from './first-admin.service.js';
import { UserAccountsService } from './user-accounts.service.js';
import { UserCommand } from './user.command.js';
import { UserCreateCommand } from './user-create.command.js';
import { UserDisableCommand } from './user-disable.command.js';
import { UserPromoteCommand } from './user-promote.command.js';

@Module({
  providers: [
    UserCommand,
    UserCreateCommand,
    UserPromoteCommand,
    UserDisableCommand,
    UserAccountsService,
    FirstAdminService,
  ],
  exports: [FirstAdminService],
})
export class UserModule {}
