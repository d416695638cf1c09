import { Module } from '@nestjs/common';
import { HooksModule } from '../hooks/hooks.module.js';
import { IntegrationsModule } from '../integrations/integrations.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { SchedulesModule } from '../schedules/schedules.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { ActivationCheckService } from './activation-check.service.js';
import { CredentialsCheck } from './credentials-check.service.js';
import { OnFailureCheck } from './on-failure-check.service.js';
import { InputSchemas } from './input-schema/input-schemas.service.js';
import { StepTypesController } from './step-types.controller.js';
import { WorkflowChangesService } from './workflow-changes.service.js';
import { WorkflowRunsController } from './workflow-runs.controller.js';
import { WorkflowRunsService } from './workflow-runs.service.js';
import { WorkflowVersionsController } from './workflow-versions.controller.js';
import { WorkflowVersionsService } from './workflow-versions.service.js';
import { WorkflowsController } from './workflows.controller.js';
import { WorkflowsService } from './workflows.service.js';

/** Workflows, their versions, and their runs. */
@Module({
  imports: [RunsModule, HooksModule, SchedulesModule, SecretsModule, IntegrationsModule],
  controllers: [WorkflowsController, WorkflowVersionsController, WorkflowRunsController, StepTypesController],
  providers: [
    WorkflowsService,
    WorkflowChangesService,
    WorkflowVersionsService,
    WorkflowRunsService,
    ActivationCheckService,
    InputSchemas,
    OnFailureCheck,
    CredentialsCheck,
  ],
})
export class WorkflowsModule {}
