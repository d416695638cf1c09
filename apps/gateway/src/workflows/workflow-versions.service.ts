import {
  notFound,
  type PageQuery,
  type PatchOperationDto,
  type VersionComparisonDto,
  type WorkflowVersionDto,
  type WorkflowVersionSummaryDto,
} from '@app/contracts';
import { WorkflowVersion } from '@app/database';
import type { StepDefinition } from '@app/definition';
import { Injectable } from '@nestjs/common';
import jsonPatch from 'fast-json-patch';
import { DataSource, LessThan, type Repository } from 'typeorm';
import { decodeCursor, pageOf, type Page } from '../http/paging.js';
import { stepChanges } from './compare-versions.js';
import { toVersion, toVersionSummary } from './to-version.js';
import { WorkflowsService } from './workflows.service.js';

/** What a list shows: no steps, which may be a megabyte each. */
const summaryColumns = {
  workflow_id: true,
  version: true,
  name: true,
  description: true,
  trigger_type: true,
  created_at: true,
} as const;

/** What a workflow was at each of its versions. */
@Injectable()
export class WorkflowVersionsService {
  private readonly versions: Repository<WorkflowVersion>;

  constructor(
    dataSource: DataSource,
    private readonly workflows: WorkflowsService,
  ) {
    this.versions = dataSource.getRepository(WorkflowVersion);
  }

  /**
   * The newest first. Versions are numbered without gaps, so that the newest number is the total.
   * @throws AppError NOT_FOUND
   */
  async list(userId: string, workflowId: string, query: PageQuery): Promise<Page<WorkflowVersionSummaryDto>> {
    const { version: newest } = await this.workflows.get(userId, workflowId);
    const { cursor, page, limit } = query;
    const first =
      cursor === undefined ? newest - (page - 1) * limit : Number(decodeCursor(cursor, isVersionKey)[0]) - 1;
    const rows = await this.versions.find({
      select: summaryColumns,
      where: { workflow_id: workflowId, version: LessThan(first + 1) },
      order: { version: 'DESC' },
      take: limit + 1,
    });
    const total = cursor === undefined ? newest : undefined;
    return pageOf(rows.map(toVersionSummary), query, total, ({ version }) => [String(version)]);
  }

  /** @throws AppError NOT_FOUND */
  async get(userId: string, workflowId: string, version: number): Promise<WorkflowVersionDto> {
    await this.workflows.assertExists(userId, workflowId);
    const row = await this.versions.findOneBy({ workflow_id: workflowId, version });
    if (row === null) throw notFound('version');
    return toVersion(row);
  }

  /**
   * What makes one version out of another.
   * @throws AppError NOT_FOUND
   */
  async compare(userId: string, workflowId: string, from: number, to: number): Promise<VersionComparisonDto> {
    const [before, after] = [await this.get(userId, workflowId, from), await this.get(userId, workflowId, to)];
    return {
      workflow_id: workflowId,
      from,
      to,
      patch: jsonPatch.compare(contentOf(before), contentOf(after)) as PatchOperationDto[],
      steps: stepChanges(before.steps as StepDefinition[], after.steps as StepDefinition[]),
    };
  }
}

/** What a version says, without when it was said. */
function contentOf({ name, description, trigger_type, steps, config }: WorkflowVersionDto): object {
  return { name, description, trigger_type, steps, config };
}

function isVersionKey(key: unknown): key is [string] {
  return Array.isArray(key) && key.length === 1 && typeof key[0] === 'string' && /^\d{1,9}$/.test(key[0]);
}
