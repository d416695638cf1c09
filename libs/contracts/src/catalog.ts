import { ServiceName } from './services.js';
import { AccountPaused } from './messages/account-paused.message.js';
import { EmailAccount } from './messages/email-account.message.js';
import { EmailFailure } from './messages/email-failure.message.js';
import { EmailSubscription } from './messages/email-subscription.message.js';
import { EmailSend } from './messages/email-send.message.js';
import { EventDeliver } from './messages/event-deliver.message.js';
import { EventsWaiting } from './messages/events-waiting.message.js';
import { ExternalTask } from './messages/external-task.message.js';
import { JobCancel } from './messages/job-cancel.message.js';
import { JobsWaiting } from './messages/jobs-waiting.message.js';
import { ReplicaRoom } from './messages/replica-room.message.js';
import { RunCancel } from './messages/run-cancel.message.js';
import { RunProgressed } from './messages/run-progressed.message.js';
import { RunsHanded } from './messages/runs-handed.message.js';
import { RunsWaiting } from './messages/runs-waiting.message.js';
import { ScheduleChanged } from './messages/schedule-changed.message.js';
import { StepJob } from './messages/step-job.message.js';
import { TasksWaiting } from './messages/tasks-waiting.message.js';

/**
 * Everything the processes say to each other.
 *
 * Commands travel over the Redis transport, which is pub/sub: every replica of the receiver hears each one, and one
 * sent while nobody listens is gone. So a command is only ever a hint: the row in PostgreSQL is the truth, and losing
 * or doubling a command changes when something happens, never what.
 *
 * A message may gain optional fields; anything else is a new name. A fixture of each old payload stays in the tests.
 */
interface CommandEntry {
  payload: new () => object;
  from: readonly ServiceName[];
  to: ServiceName;
  /** Hints of the same name within a few milliseconds may be merged into one by adding up their `count`. */
  merge: boolean;
}

export const commands = {
  /** Runs were accepted or woken. The receiver claims what is ready. */
  'runs.waiting': {
    payload: RunsWaiting,
    from: [ServiceName.Gateway, ServiceName.Workflow, ServiceName.Worker],
    to: ServiceName.Workflow,
    merge: true,
  },
  /** Runs were accepted in the name of a replica. It begins them; the others ignore it. */
  'runs.handed': { payload: RunsHanded, from: [ServiceName.Gateway], to: ServiceName.Workflow, merge: false },
  /** A replica has room for so many runs. The receiver accepts runs in its name while it says so. */
  'replica.room': { payload: ReplicaRoom, from: [ServiceName.Workflow], to: ServiceName.Gateway, merge: false },
  /** Events were accepted. The receiver finds out what they start. */
  'events.waiting': {
    payload: EventsWaiting,
    from: [ServiceName.Gateway, ServiceName.Workflow],
    to: ServiceName.Workflow,
    merge: true,
  },
  /** Runs that somebody waits for are over, once for each flush that ended some. The receiver reads those it watches and is told no more of. */
  'run.progressed': {
    payload: RunProgressed,
    from: [ServiceName.Workflow],
    to: ServiceName.Gateway,
    merge: false,
  },
  /** Tasks for programs were written. The receiver looks for the programs that wait for one. */
  'tasks.waiting': { payload: TasksWaiting, from: [ServiceName.Workflow], to: ServiceName.Gateway, merge: true },
  /** A run is to be cancelled. The replica that holds it aborts the step under way; the others ignore it. */
  'run.cancel': {
    payload: RunCancel,
    from: [ServiceName.Gateway, ServiceName.Workflow],
    to: ServiceName.Workflow,
    merge: false,
  },
  /** A provider asked for no more calls of an account. The receiver makes none until the time is over. */
  'account.paused': {
    payload: AccountPaused,
    from: [ServiceName.Workflow],
    to: ServiceName.Workflow,
    merge: false,
  },
  /** A schedule was made, changed, resumed or asked for a backfill. The receiver looks for what is due. */
  'schedule.changed': { payload: ScheduleChanged, from: [ServiceName.Gateway], to: ServiceName.Workflow, merge: true },
  /** Job rows were written. The receiver moves the due ones to their queues. */
  'jobs.waiting': {
    payload: JobsWaiting,
    from: [ServiceName.Gateway, ServiceName.Workflow],
    to: ServiceName.Worker,
    merge: true,
  },
  /** A job's run was cancelled. The replica that works at it aborts; the others ignore it. */
  'job.cancel': {
    payload: JobCancel,
    from: [ServiceName.Gateway, ServiceName.Workflow],
    to: ServiceName.Worker,
    merge: false,
  },
} as const satisfies Record<string, CommandEntry>;

export type CommandName = keyof typeof commands;
export type CommandPayload<N extends CommandName> = InstanceType<(typeof commands)[N]['payload']>;

/** The commands a service may send. */
export type CommandsFrom<S extends ServiceName> = {
  [N in CommandName]: S extends (typeof commands)[N]['from'][number] ? N : never;
}[CommandName];

/** The commands a service receives: its handler map must name exactly these. */
export type CommandsTo<S extends ServiceName> = {
  [N in CommandName]: (typeof commands)[N]['to'] extends S ? N : never;
}[CommandName];

/** What a job's effect is, which decides what happens to an attempt that nobody finished (see docs/architecture.md, Effects). */
export type JobEffect = 'safe' | 'unsafe';

interface JobEntry {
  payload: new () => object;
  /** The worker that does it: one BullMQ queue, one switch and one set of sizes each. */
  worker: 'email' | 'event';
  effect: JobEffect;
  /** 1 is first; BullMQ serves equal priorities in order. */
  priority: number;
}

/** Jobs go to exactly one worker. Retries, delay and time-out come from the worker's configuration. */
export const jobs = {
  /** Sends one mail over SMTP. */
  'email.send': { payload: EmailSend, worker: 'email', effect: 'unsafe', priority: 5 },
  /** Sends a mail about an account. A person waits for it, and a second one with another link does no harm. */
  'email.account': { payload: EmailAccount, worker: 'email', effect: 'safe', priority: 1 },
  /** Mails an owner whose run has failed or is in doubt, unless they were mailed about that workflow lately. */
  'email.failure': { payload: EmailFailure, worker: 'email', effect: 'safe', priority: 7 },
  /** Mails an owner whose event subscription the platform has disabled. */
  'email.subscription': { payload: EmailSubscription, worker: 'email', effect: 'safe', priority: 7 },
  /** Sends an event to a subscription's URL. Its receiver tells a repetition by its `webhook-id`. */
  'event.deliver': { payload: EventDeliver, worker: 'event', effect: 'safe', priority: 5 },
} as const satisfies Record<string, JobEntry>;

export type JobType = keyof typeof jobs;
export type JobPayload<T extends JobType> = InstanceType<(typeof jobs)[T]['payload']>;

/**
 * Jobs that no worker of this release does: their rows wait. Tasks are taken by the users' own programs; the others have
 * their workers in later releases, which find what waits.
 */
export const waitingJobs = {
  /** A task for a program of the user's own, taken with `POST /tasks/poll`. */
  'external.task': { payload: ExternalTask, priority: 5 },
  /** Pulls from a provider. */
  'integration.sync': { payload: StepJob, priority: 5 },
  /** Makes one call of a provider's API. */
  'integration.call': { payload: StepJob, priority: 5 },
  /** Fills in or reads a survey of a verified site. */
  'survey.run': { payload: StepJob, priority: 5 },
  /** Recognises a CAPTCHA of a verified site. */
  'captcha.recognise': { payload: StepJob, priority: 5 },
  /** Compares a face with the one that enrolled. */
  'biometric.verify': { payload: StepJob, priority: 5 },
} as const satisfies Record<string, Pick<JobEntry, 'payload' | 'priority'>>;
export type WaitingJobType = keyof typeof waitingJobs;

/** How urgent a job of any type is: 1 is first. */
export function jobPriority(type: JobType | WaitingJobType): number {
  return type in jobs ? jobs[type as JobType].priority : waitingJobs[type as WaitingJobType].priority;
}

/** A job that a step of a run asks for. `id` is made by the asker, so that writing twice is writing once. */
export type JobRequest =
  | { [T in JobType]: { id: string; type: T; payload: JobPayload<T>; path: string } }[JobType]
  | {
      [T in WaitingJobType]: {
        id: string;
        type: T;
        payload: InstanceType<(typeof waitingJobs)[T]['payload']>;
        path: string;
      };
    }[WaitingJobType];
export type WorkerName = (typeof jobs)[JobType]['worker'];
