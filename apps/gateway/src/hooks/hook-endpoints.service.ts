import { HttpConfig } from '@app/config';
import { newId } from '@app/contracts';
import { WebhookEndpoint } from '@app/database';
import { newToken } from '@app/security';
import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';

/** The addresses at which workflows take webhooks. */
@Injectable()
export class HookEndpointsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly http: HttpConfig,
  ) {}

  /**
   * Gives a workflow its address, unless it has one: the address stays the same for the life of the workflow.
   * @param manager of the transaction that writes the workflow
   */
  async open(manager: EntityManager, workflowId: string): Promise<void> {
    await manager
      .createQueryBuilder()
      .insert()
      .into(WebhookEndpoint)
      .values({ id: newId(), workflow_id: workflowId, token: newToken() })
      .orIgnore()
      .execute();
  }

  /** The addresses of those workflows that have one, by the workflow's id. */
  async urlsOf(workflowIds: readonly string[]): Promise<Map<string, string>> {
    if (workflowIds.length === 0) return new Map();
    const endpoints = await this.dataSource.getRepository(WebhookEndpoint).findBy({ workflow_id: In(workflowIds) });
    return new Map(endpoints.map(({ workflow_id, token }) => [workflow_id, `${this.http.publicUrl}/hooks/${token}`]));
  }
}
