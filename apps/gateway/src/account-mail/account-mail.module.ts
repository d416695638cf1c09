import { Module } from '@nestjs/common';
import { AccountMailService } from './account-mail.service.js';

/** Mails about accounts. */
@Module({ providers: [AccountMailService], exports: [AccountMailService] })
export class AccountMailModule {}
