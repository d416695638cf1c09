import type { CommandHandlers } from '@app/messaging';
import type { AccountMailService } from './email/account/account-mail.service.js';
import type { EmailService } from './email/email.service.js';
import type { FailureMailService } from './email/failure/failure-mail.service.js';
import type { SubscriptionMailService } from './email/subscription/subscription-mail.service.js';
import type { EventDeliveryService } from './event-delivery/event-delivery.service.js';
import type { JobProcessors } from './job-outcome.js';
import type { JobsService } from './jobs/jobs.service.js';

/** What the worker service does with the commands it receives. */
export function commandHandlers(jobs: JobsService): CommandHandlers<'worker'> {
  return {
    'jobs.waiting': () => jobs.wake(),
    'job.cancel': ({ job_id }) => jobs.cancel(job_id),
  };
}

/** Who does the jobs of each type. */
export function jobProcessors(
  email: EmailService,
  accountMail: AccountMailService,
  failureMail: FailureMailService,
  subscriptionMail: SubscriptionMailService,
  events: EventDeliveryService,
): JobProcessors {
  return {
    'email.send': (payload, signal, job) => email.send(payload, signal, job),
    'email.account': (payload, signal, job) => accountMail.send(payload, signal, job),
    'email.failure': (payload, signal, job) => failureMail.send(payload, signal, job),
    'email.subscription': (payload, signal, job) => subscriptionMail.send(payload, signal, job),
    'event.deliver': (payload, signal) => events.deliver(payload, signal),
  };
}
