import { BoundsConfig } from '@app/config';
import {
  DefinitionCheckDto,
  DeleteWorkflowQuery,
  WorkflowDefinitionDto,
  WorkflowDto,
  WorkflowListQuery,
  WorkflowPatchDto,
  WorkflowStatus,
  WorkflowSummaryDto,
} from '@app/contracts';
import { firstOf } from '@app/definition';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { MadeId } from '../http/idempotency/made-id.decorator.js';
import { IfMatch, type ExpectedVersions } from '../http/if-match.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { reservedNamesIn } from '../http/validation/lost-members.js';
import { RunControlService } from '../runs/run-control.service.js';
import { definitionMistakes } from './definition.js';
import { WorkflowChangesService } from './workflow-changes.service.js';
import { WorkflowsService } from './workflows.service.js';

@Scoped('workflows:read')
@Controller('workflows')
export class WorkflowsController {
  constructor(
    private readonly workflows: WorkflowsService,
    private readonly changes: WorkflowChangesService,
    private readonly runs: RunControlService,
    private readonly bounds: BoundsConfig,
  ) {}

  /** My workflows, the newest first. */
  @PageOf(WorkflowSummaryDto)
  @Get()
  list(@CurrentUser() { userId }: Caller, @Query() query: WorkflowListQuery): Promise<Page<WorkflowSummaryDto>> {
    return this.workflows.list(userId, query);
  }

  /** Saves a workflow as inactive. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('workflows:write')
  @Post()
  create(
    @CurrentUser() { userId }: Caller,
    @Body() definition: WorkflowDefinitionDto,
    @MadeId() id: string,
  ): Promise<WorkflowDto> {
    return this.changes.create(userId, definition, id);
  }

  /** What saving this definition would find wrong with it. */
  @ApiBody({ type: WorkflowDefinitionDto })
  @HttpCode(200)
  @Scoped('workflows:read')
  @Post('validate')
  async validate(
    @CurrentUser() { userId }: Caller,
    @Body() definition: Record<string, unknown> = {},
  ): Promise<DefinitionCheckDto> {
    const mistakes = await this.changes.mistakesIn(userId, null, definition);
    const found = await definitionMistakes(definition, this.bounds, mistakes);
    const errors = firstOf([...reservedNamesIn(definition), ...found]);
    return { valid: errors.length === 0, errors };
  }

  /** One workflow with its definition. */
  @UseInterceptors(EtagInterceptor)
  @Get(':id')
  get(@CurrentUser() { userId }: Caller, @Param('id', IdPipe) id: string): Promise<WorkflowDto> {
    return this.workflows.get(userId, id);
  }

  /** Replaces the definition: a new version, which runs that start from now on use. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('workflows:write')
  @Put(':id')
  replace(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Body() definition: WorkflowDefinitionDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<WorkflowDto> {
    return this.changes.replace(userId, id, definition, expected);
  }

  /** Replaces the given fields of the definition: a new version, too. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('workflows:write')
  @Patch(':id')
  patch(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Body() patch: WorkflowPatchDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<WorkflowDto> {
    return this.changes.patch(userId, id, patch, expected);
  }

  /** Deletes a workflow. Its triggers stop; its runs finish, or with `cancel=true` are cancelled. */
  @HttpCode(204)
  @Scoped('workflows:write')
  @Delete(':id')
  async remove(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Query() { cancel }: DeleteWorkflowQuery,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<void> {
    await this.changes.remove(userId, id, expected);
    if (cancel === true) await this.runs.cancelAllOf(userId, id);
  }

  /** Lets its trigger start runs. */
  @UseInterceptors(EtagInterceptor)
  @HttpCode(200)
  @Scoped('workflows:write')
  @Post(':id/activate')
  activate(@CurrentUser() { userId }: Caller, @Param('id', IdPipe) id: string): Promise<WorkflowDto> {
    return this.changes.setStatus(userId, id, WorkflowStatus.Active);
  }

  /** Stops its trigger. It can still be executed by hand. */
  @UseInterceptors(EtagInterceptor)
  @HttpCode(200)
  @Scoped('workflows:write')
  @Post(':id/deactivate')
  deactivate(@CurrentUser() { userId }: Caller, @Param('id', IdPipe) id: string): Promise<WorkflowDto> {
    return this.changes.setStatus(userId, id, WorkflowStatus.Inactive);
  }
}
