import { AccountConfig, isDeployed, loadConfig, ServiceConfig, type Variables } from '@app/config';
import { newId, WorkflowStatus } from '@app/contracts';
import { User, Workflow, WorkflowVersion } from '@app/database';
import { StartError } from '@app/observability';
import { newToken } from '@app/security';
import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { accountHasher } from '../platform/account-hasher.js';
import { withDatabase } from '../platform/with-database.js';
import { exampleWorkflow } from './example-workflow.js';

/** What seeding made. */
export interface Seeded {
  readonly email: string;
  readonly password: string;
  readonly workflow_id: string;
}

const EMAIL = 'demo@example.org';

/** Fills an empty development database with something to play with. */
@Injectable()
export class SeedService {
  /**
   * Makes a user with a random password and an active workflow. Returns `undefined` when the user is there already.
   * Throws StartError in staging and production, where a known account is a hole.
   */
  async run(env: Variables): Promise<Seeded | undefined> {
    const { environment } = loadConfig(ServiceConfig, env);
    if (isDeployed(environment)) throw new StartError(`Seeding is for development, not for ${environment}.`);
    return withDatabase(env, (dataSource) => this.seed(env, dataSource));
  }

  private async seed(env: Variables, dataSource: DataSource): Promise<Seeded | undefined> {
    if (await dataSource.getRepository(User).existsBy({ email: EMAIL })) return undefined;
    const password = newToken();
    const hash = await accountHasher(loadConfig(AccountConfig, env)).hash(password);
    const [userId, workflowId] = [newId(), newId()];
    const { name, description = '', trigger_type, steps, config = {} } = exampleWorkflow;
    const definition = { name, description, trigger_type, steps, config };
    const user = { id: userId, email: EMAIL, email_verified_at: new Date(), name: 'Demo', password: hash };
    const workflow = { ...definition, id: workflowId, user_id: userId, status: WorkflowStatus.Active };
    const version = { ...definition, workflow_id: workflowId, version: 1 };
    await dataSource.transaction(async (manager) => {
      await manager.save(Object.assign(new User(), user));
      await manager.save(Object.assign(new Workflow(), workflow));
      await manager.save(Object.assign(new WorkflowVersion(), version));
    });
    return { email: EMAIL, password, workflow_id: workflowId };
  }
}
