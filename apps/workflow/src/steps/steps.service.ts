import type { StepType } from '@app/definition';
import { EgressClient } from '@app/egress';
import { ProviderPauses } from '@app/providers';
import { Injectable } from '@nestjs/common';
import { ScriptThreads } from './script/script-threads.js';
import { SecretReader } from './secrets/secret-reader.js';
import type { StepRunner } from './step-runner.js';
import { stepRunners, type StepRunners } from './step-runners.js';

export { isTrue } from './is-true.js';
export { StepFailure } from './step-failure.js';
export { storableJson } from './storable-json.js';
export type * from './step-runner.js';

/** The step types and how each one runs. */
@Injectable()
export class StepsService {
  private readonly runners: StepRunners;

  constructor(egress: EgressClient, pauses: ProviderPauses, secrets: SecretReader, scripts: ScriptThreads) {
    this.runners = stepRunners({ egress, pauses, secrets, scripts });
  }

  runner(type: StepType): StepRunner {
    return this.runners[type];
  }
}
