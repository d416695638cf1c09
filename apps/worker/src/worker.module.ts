import {
  AccountConfig,
  BlobsConfig,
  CleanupConfig,
  ConfigModule,
  DatabaseConfig,
  EgressConfig,
  EncryptionConfig,
  ErasureConfig,
  HttpConfig,
  MailConfig,
  ProcessName,
  QuotaConfig,
  RedisConfig,
  S3Config,
  ServiceConfig,
  WorkersConfig,
} from '@app/config';
import { ServiceName } from '@app/contracts';
import { DatabaseModule } from '@app/database';
import { MessagingModule } from '@app/messaging';
import { ObservabilityModule } from '@app/observability';
import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { CleanupModule } from './cleanup/cleanup.module.js';
import { EmailModule } from './email/email.module.js';
import { AccountMailService } from './email/account/account-mail.service.js';
import { EmailService } from './email/email.service.js';
import { FailureMailService } from './email/failure/failure-mail.service.js';
import { SubscriptionMailService } from './email/subscription/subscription-mail.service.js';
import { EventDeliveryModule } from './event-delivery/event-delivery.module.js';
import { EventDeliveryService } from './event-delivery/event-delivery.service.js';
import { jobProcessors } from './handlers.js';
import { JobsModule } from './jobs/jobs.module.js';
import { JobsService } from './jobs/jobs.service.js';

/** The configuration of this process; of the API's it is PUBLIC_URL, where the links in mails lead. */
const workerConfigs = [
  ServiceConfig,
  DatabaseConfig,
  RedisConfig,
  WorkersConfig,
  MailConfig,
  EgressConfig,
  EncryptionConfig,
  AccountConfig,
  HttpConfig,
  CleanupConfig,
  ErasureConfig,
  QuotaConfig,
  BlobsConfig,
  S3Config,
];

/** The worker service: the jobs of the catalog, each in a folder of its own. */
@Module({
  imports: [
    ConfigModule.forRoot(workerConfigs, ProcessName.Worker),
    ObservabilityModule.forProcess(ProcessName.Worker),
    DatabaseModule,
    MessagingModule.forService(ServiceName.Worker),
    JobsModule,
    EmailModule,
    EventDeliveryModule,
    CleanupModule,
  ],
})
export class WorkerModule implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: JobsService,
    private readonly email: EmailService,
    private readonly accountMail: AccountMailService,
    private readonly failureMail: FailureMailService,
    private readonly subscriptionMail: SubscriptionMailService,
    private readonly deliveries: EventDeliveryService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { email, accountMail, failureMail, subscriptionMail, deliveries } = this;
    await this.jobs.start(jobProcessors(email, accountMail, failureMail, subscriptionMail, deliveries));
  }
}
