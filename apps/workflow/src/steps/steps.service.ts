import type { StepType } from '@app/definition';
import { EgressClient } from '@app/egress';
import { AccountLimits, ProviderPauses } from '@app/providers';
import { Injectable } from '@nestjs/common';
import { SettledJobs } from './content/settled-jobs.js';
import { CredentialReader } from './credentials/credential-reader.js';
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

  constructor(
    egress: EgressClient,
    pauses: ProviderPauses,
    limits: AccountLimits,
    secrets: SecretReader,
    credentials: CredentialReader,
    scripts: ScriptThreads,
    settledJobs: SettledJobs,
  ) {
    this.runners = stepRunners({ egress, pauses, limits, secrets, credentials, scripts, settledJobs });
  }

  runner(type: StepType): StepRunner {
    return this.runners[type];
  }
}
