import { notFound, type WorkflowDto, type WorkflowListQuery, type WorkflowSummaryDto } from '@app/contracts';
import { Workflow } from '@app/database';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, type FindOptionsWhere, type Repository } from 'typeorm';
import { HookEndpointsService } from '../hooks/hook-endpoints.service.js';
import { decodeCursor, isIdKey, pageOf, TOTAL_LIMIT, type Page } from '../http/paging.js';
import { toWorkflow, toWorkflowSummary } from './to-workflow.js';

/** What a list shows: no steps, which may be a megabyte each. */
const summaryColumns = {
  id: true,
  name: true,
  description: true,
  trigger_type: true,
  status: true,
  version: true,
  revision: true,
  created_at: true,
  updated_at: true,
} as const;

/** What people automate, as they see it. */
@Injectable()
export class WorkflowsService {
  private readonly workflows: Repository<Workflow>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly hooks: HookEndpointsService,
  ) {
    this.workflows = dataSource.getRepository(Workflow);
  }

  /** The newest first. */
  async list(userId: string, query: WorkflowListQuery): Promise<Page<WorkflowSummaryDto>> {
    const { status, trigger_type, cursor, page, limit } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, isIdKey)[0];
    const where = { user_id: userId, ...(status && { status }), ...(trigger_type && { trigger_type }) };
    const rows = await this.workflows.find({
      select: summaryColumns,
      where: { ...where, ...(after !== undefined && { id: LessThan(after) }) },
      order: { id: 'DESC' },
      skip: after === undefined ? (page - 1) * limit : 0,
      take: limit + 1,
    });
    const total = after === undefined ? await this.total(where) : undefined;
    const urls = await this.hooks.urlsOf(rows.map(({ id }) => id));
    const summaries = rows.map((row) => toWorkflowSummary(row, urls.get(row.id)));
    return pageOf(summaries, query, total, ({ id }) => [id]);
  }

  /** @throws AppError NOT_FOUND */
  async get(userId: string, id: string): Promise<WorkflowDto> {
    const workflow = await this.workflows.findOneBy({ id, user_id: userId });
    if (workflow === null) throw notFound('workflow');
    return toWorkflow(workflow, (await this.hooks.urlsOf([id])).get(id));
  }

  /** @throws AppError NOT_FOUND */
  async assertExists(userId: string, id: string): Promise<void> {
    if (!(await this.workflows.existsBy({ id, user_id: userId }))) throw notFound('workflow');
  }

  /** Counted to one more than the limit of totals. */
  private async total(where: FindOptionsWhere<Workflow>): Promise<number> {
    const counted = this.workflows
      .createQueryBuilder('workflow')
      .select('1')
      .where(where)
      .limit(TOTAL_LIMIT + 1);
    const result = await this.dataSource
      .createQueryBuilder()
      .select('count(*)::int', 'total')
      .from(`(${counted.getQuery()})`, 'counted')
      .setParameters(counted.getParameters())
      .getRawOne<{ total: number }>();
    return result?.total ?? 0;
  }
}
