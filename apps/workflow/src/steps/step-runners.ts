import type { StepType } from '@app/definition';
import type { EgressClient } from '@app/egress';
import { delayRunner } from './delay/delay.runner.js';
import { emailSendRunner } from './email-send/email-send.runner.js';
import { httpRequestRunner } from './http-request/http-request.runner.js';
import type { StepRunner } from './step-runner.js';
import { switchRunner } from './switch/switch.runner.js';
import { transformRunner } from './transform/transform.runner.js';

/** How each step type runs. A type of the registry without a runner is a compile error. */
export type StepRunners = Readonly<Record<StepType, StepRunner>>;

export function stepRunners(egress: EgressClient): StepRunners {
  return {
    'http.request': httpRequestRunner(egress) as StepRunner,
    transform: transformRunner,
    switch: switchRunner,
    delay: delayRunner,
    'email.send': emailSendRunner,
  };
}
