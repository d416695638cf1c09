import { isDeployed, MailConfig, ServiceConfig } from '@app/config';
import { Module } from '@nestjs/common';
import { join } from 'node:path';
import { AccountMailService } from './account/account-mail.service.js';
import { EmailService } from './email.service.js';
import { FailureMailService } from './failure/failure-mail.service.js';
import { FileTransport } from './file.transport.js';
import { MailQuota } from './mail-quota.js';
import { MailSender } from './mail-sender.js';
import { MailTransport } from './mail-transport.js';
import { NoTransport } from './no.transport.js';
import { SmtpTransport } from './smtp.transport.js';
import { SubscriptionMailService } from './subscription/subscription-mail.service.js';

/** The email worker and the way its mails take. */
@Module({
  providers: [
    EmailService,
    AccountMailService,
    FailureMailService,
    SubscriptionMailService,
    MailSender,
    MailQuota,
    { provide: MailTransport, inject: [MailConfig, ServiceConfig], useFactory: chooseTransport },
  ],
  exports: [EmailService, AccountMailService, FailureMailService, SubscriptionMailService],
})
export class EmailModule {}

function chooseTransport({ smtpUrl }: MailConfig, { environment, dataDir }: ServiceConfig): MailTransport {
  if (smtpUrl !== undefined) return new SmtpTransport(smtpUrl);
  if (isDeployed(environment)) return new NoTransport();
  return new FileTransport(join(dataDir, 'mail'));
}
