import { BoundsConfig } from '@app/config';
import {
  notFound,
  TriggerType,
  WorkflowStatus,
  type FieldError,
  type WorkflowDefinitionDto,
  type WorkflowDto,
  type WorkflowPatchDto,
} from '@app/contracts';
import { Workflow, WorkflowVersion } from '@app/database';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryDeepPartialEntity } from 'typeorm';
import { HookEndpointsService } from '../hooks/hook-endpoints.service.js';
import type { ExpectedVersions } from '../http/if-match.decorator.js';
import { problem } from '../http/problems/problem.js';
import { ScheduleKeeper } from '../schedules/schedule-keeper.service.js';
import { ActivationCheckService } from './activation-check.service.js';
import { CredentialsCheck } from './credentials-check.service.js';
import { checkDefinition, columnsOf, retentionOf, type Definition, type DraftDefinition } from './definition.js';
import { InputSchemas } from './input-schema/input-schemas.service.js';
import { OnFailureCheck } from './on-failure-check.service.js';
import { WorkflowsService } from './workflows.service.js';

/** What a check of a definition depends on: the version says which definition it is. */
type Current = Pick<Workflow, 'version' | 'status'>;

/** A change of one workflow. */
interface Change<Checked> {
  check: (seen: Workflow) => Promise<Checked>;
  write: (manager: EntityManager, current: Current, checked: Checked) => Promise<void>;
}

/**
 * Writes to workflows. Each one checks If-Match in its statement; a change of the definition makes a new version in the
 * same transaction. Runs under way keep the version they started with, whatever happens here.
 */
@Injectable()
export class WorkflowChangesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly workflows: WorkflowsService,
    private readonly hooks: HookEndpointsService,
    private readonly schedules: ScheduleKeeper,
    private readonly activation: ActivationCheckService,
    private readonly inputSchemas: InputSchemas,
    private readonly onFailure: OnFailureCheck,
    private readonly credentials: CredentialsCheck,
    private readonly bounds: BoundsConfig,
  ) {}

  /**
   * Once for each id: asked again for one that is there, it answers with that.
   * @throws AppError VALIDATION_FAILED
   */
  async create(userId: string, draft: WorkflowDefinitionDto, id: string): Promise<WorkflowDto> {
    const definition = await checkDefinition(draft, this.bounds, await this.mistakesIn(userId, id, draft));
    await this.dataSource.transaction(async (manager) => {
      const columns = { id, user_id: userId, ...workflowColumns(definition) };
      const insert = manager.createQueryBuilder().insert().into(Workflow).values(columns).orIgnore().returning('id');
      const { raw } = (await insert.execute()) as { raw: unknown[] };
      if (raw.length === 0) return;
      await this.keepVersion(manager, id, 1, definition);
      await this.schedules.follow(manager, id);
    });
    return this.workflows.get(userId, id);
  }

  /** @throws AppError NOT_FOUND, VALIDATION_FAILED, PRECONDITION_FAILED, CONFLICT when it is active and could not fire */
  async replace(
    userId: string,
    id: string,
    draft: WorkflowDefinitionDto,
    expected: ExpectedVersions,
  ): Promise<WorkflowDto> {
    const mistakes = await this.mistakesIn(userId, id, draft);
    return this.change(userId, id, expected, () => draft, mistakes);
  }

  /** As `replace`, of the given fields alone. */
  async patch(userId: string, id: string, patch: WorkflowPatchDto, expected: ExpectedVersions): Promise<WorkflowDto> {
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const mistakes = await this.mistakesIn(userId, id, patch);
    return this.change(userId, id, expected, (current) => Object.assign(current, given), mistakes);
  }

  /** Makes the definition of an earlier version the newest one. */
  restore(userId: string, id: string, version: number, expected: ExpectedVersions): Promise<WorkflowDto> {
    return this.change(userId, id, expected, async () => {
      const earlier = await this.dataSource.manager.findOneBy(WorkflowVersion, { workflow_id: id, version });
      if (earlier === null) throw notFound('version');
      return earlier;
    });
  }

  /**
   * Stops its triggers and takes it out of sight; its history stays.
   * @throws AppError NOT_FOUND, PRECONDITION_FAILED
   */
  async remove(userId: string, id: string, expected: ExpectedVersions): Promise<void> {
    await this.workflows.assertExists(userId, id);
    await this.dataSource.transaction((manager) =>
      this.write(manager, id, expected, { deleted_at: () => 'now()', status: WorkflowStatus.Inactive }),
    );
  }

  /** @throws AppError NOT_FOUND, CONFLICT when nothing could start it */
  async setStatus(userId: string, id: string, status: WorkflowStatus): Promise<WorkflowDto> {
    await this.checkAndWrite(userId, id, {
      check: async (current) => {
        if (status !== WorkflowStatus.Active || current.status === status) return;
        await this.activation.assertCanFire(userId, await checkDefinition(current, this.bounds));
      },
      write: async (manager, current) => {
        if (current.status !== status) await this.write(manager, id, undefined, { status });
      },
    });
    return this.changed(userId, id);
  }

  /**
   * What is wrong with a definition that only a look elsewhere tells.
   * @param id the workflow that is saved; null for one that is only looked at
   */
  async mistakesIn(userId: string, id: string | null, { config, steps }: DraftDefinition): Promise<FieldError[]> {
    const each = [
      this.inputSchemas.mistakesIn(config),
      this.onFailure.mistakesIn(userId, id, config),
      this.credentials.mistakesIn(userId, steps),
    ];
    return (await Promise.all(each)).flat();
  }

  private async change(
    userId: string,
    id: string,
    expected: ExpectedVersions,
    edit: (current: Workflow) => DraftDefinition | Promise<DraftDefinition>,
    mistakes: readonly FieldError[] = [],
  ): Promise<WorkflowDto> {
    await this.checkAndWrite(userId, id, {
      check: async (current) => {
        const definition = await checkDefinition(await edit(current), this.bounds, mistakes);
        if (current.status === WorkflowStatus.Active) await this.activation.assertCanFire(userId, definition);
        return definition;
      },
      write: async (manager, current, definition) => {
        const version = current.version + 1;
        await this.write(manager, id, expected, { ...workflowColumns(definition), version });
        await this.keepVersion(manager, id, version, definition);
      },
    });
    return this.changed(userId, id);
  }

  /**
   * A check may take a second, so it holds neither a connection nor the workflow's row. What it saw is compared once the row is
   * locked; who was overtaken by another change begins again with what that left.
   * @throws AppError NOT_FOUND, and what `check` and `write` throw
   */
  private async checkAndWrite<Checked>(userId: string, id: string, change: Change<Checked>): Promise<void> {
    for (let isWritten = false; !isWritten;) {
      const seen = await this.dataSource.manager.findOneBy(Workflow, { id, user_id: userId });
      if (seen === null) throw notFound('workflow');
      const { version, status } = seen;
      const checked = await change.check(seen);
      isWritten = await this.dataSource.transaction(async (manager) => {
        const current = await this.lock(manager, userId, id);
        if (current.version !== version || current.status !== status) return false;
        await change.write(manager, current, checked);
        return true;
      });
    }
  }

  private async changed(userId: string, id: string): Promise<WorkflowDto> {
    const workflow = await this.workflows.get(userId, id);
    if (workflow.trigger_type === TriggerType.Cron) this.schedules.announce();
    return workflow;
  }

  /** Changes of one workflow happen one after the other: each builds on what the one before left. */
  private async lock(manager: EntityManager, userId: string, id: string): Promise<Current> {
    const lock = { mode: 'pessimistic_write' } as const;
    const select = { id: true, version: true, status: true } as const;
    const workflow = await manager.findOne(Workflow, { select, where: { id, user_id: userId }, lock });
    if (workflow === null) throw notFound('workflow');
    return workflow;
  }

  /**
   * With its schedule, which follows in the same transaction.
   * @throws AppError PRECONDITION_FAILED
   */
  private async write(
    manager: EntityManager,
    id: string,
    expected: ExpectedVersions,
    values: QueryDeepPartialEntity<Workflow>,
  ): Promise<void> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(Workflow)
      .set({ ...values, revision: () => 'revision + 1' })
      .where('id = :id AND deleted_at IS NULL', { id })
      .andWhere('(CAST(:expected AS int[]) IS NULL OR revision = ANY (:expected))', { expected: expected ?? null })
      .execute();
    if (affected !== 1) throw problem('PRECONDITION_FAILED');
    await this.schedules.follow(manager, id);
  }

  private async keepVersion(
    manager: EntityManager,
    id: string,
    version: number,
    definition: Definition,
  ): Promise<void> {
    await manager.insert(WorkflowVersion, { workflow_id: id, version, ...columnsOf(definition) });
    if (definition.trigger_type === TriggerType.Webhook) await this.hooks.open(manager, id);
  }
}

function workflowColumns(definition: Definition): QueryDeepPartialEntity<Workflow> {
  return { ...columnsOf(definition), retention: retentionOf(definition) };
}
