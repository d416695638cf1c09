import type { StepType } from '@app/definition';
import { contentRunners } from './content/content.runners.js';
import type { SettledJobs } from './content/settled-jobs.js';
import { delayRunner } from './delay/delay.runner.js';
import { emailSendRunner } from './email-send/email-send.runner.js';
import { failRunner, succeedRunner } from './ending/ending.runners.js';
import { eventEmitRunner } from './event-emit/event-emit.runner.js';
import { externalRunner } from './external/external.runner.js';
import { foreachRunner } from './foreach/foreach.runner.js';
import { httpRequestRunner } from './http-request/http-request.runner.js';
import type { HttpServices } from './http-request/http-services.js';
import { jobStepRunner } from './job-step/job-step.runner.js';
import { parallelRunner } from './parallel/parallel.runner.js';
import { repeatRunner } from './repeat/repeat.runner.js';
import { scriptRunner } from './script/script.runner.js';
import type { ScriptThreads } from './script/script-threads.js';
import type { StepRunner } from './step-runner.js';
import { switchRunner } from './switch/switch.runner.js';
import { transformRunner } from './transform/transform.runner.js';
import { waitEventRunner } from './wait-event/wait-event.runner.js';
import { waitSignalRunner } from './wait-signal/wait-signal.runner.js';
import { workflowRunRunner } from './workflow-run/workflow-run.runner.js';

/** What steps are done with. */
export interface StepServices extends HttpServices {
  scripts: ScriptThreads;
  settledJobs: SettledJobs;
}

/** How each step type runs. A type of the registry without a runner is a compile error. */
export type StepRunners = Readonly<Record<StepType, StepRunner>>;

export function stepRunners({ scripts, settledJobs, ...outside }: StepServices): StepRunners {
  return {
    'http.request': httpRequestRunner(outside) as StepRunner,
    transform: transformRunner,
    script: scriptRunner(scripts),
    switch: switchRunner,
    parallel: parallelRunner,
    foreach: foreachRunner,
    repeat: repeatRunner,
    delay: delayRunner,
    'wait.signal': waitSignalRunner,
    'wait.event': waitEventRunner,
    'event.emit': eventEmitRunner,
    'workflow.run': workflowRunRunner,
    'email.send': emailSendRunner,
    external: externalRunner,
    ...contentRunners(settledJobs),
    'integration.sync': jobStepRunner('integration.sync'),
    'integration.call': jobStepRunner('integration.call'),
    'survey.run': jobStepRunner('survey.run'),
    'captcha.recognise': jobStepRunner('captcha.recognise'),
    'biometric.verify': jobStepRunner('biometric.verify'),
    fail: failRunner,
    succeed: succeedRunner,
  };
}
