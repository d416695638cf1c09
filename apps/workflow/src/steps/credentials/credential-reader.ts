import { IntegrationStatus, type IntegrationType } from '@app/contracts';
import { credentialOrigins, integrationKind, type AccountLimit, type ProviderConfig } from '@app/providers';
import { openCredentials, type KeyRing } from '@app/security';
import type { Pool } from 'pg';
import { StepFailure } from '../step-failure.js';

/** An owner's integration. $1 integration, $2 user. */
const integrationSql = `
SELECT type, name, config, status, credentials, credentials_version AS version
FROM integrations WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL`;

interface IntegrationRow {
  type: IntegrationType;
  name: string;
  config: ProviderConfig;
  status: IntegrationStatus;
  credentials: string | null;
  version: number;
}

/** What an integration adds to a call, and where it may. */
export interface Credential {
  integrationId: string;
  /** What the provider knows the account by. */
  headers: Readonly<Record<string, string>>;
  /** The only origins that the headers may be sent to. */
  origins: readonly string[];
  /** How many calls its provider may see. */
  limit: AccountLimit | null;
  /** What must not come back from a receiver into the journal. */
  values: readonly string[];
}

/** Opens the credentials that a step uses, at the moment at which it calls. As with secrets, nothing is kept. */
export class CredentialReader {
  constructor(
    private readonly pool: Pool,
    private readonly ring: KeyRing,
  ) {}

  /** @throws StepFailure INTEGRATION_UNUSABLE that says why */
  async read(userId: string, id: string): Promise<Credential> {
    const query = { name: 'credential', text: integrationSql, values: [id, userId] };
    const [row] = (await this.pool.query<IntegrationRow>(query)).rows;
    if (row === undefined) throw unusable(`There is no integration ${id} any more: name another one.`);
    const { type, name, config, status, credentials: sealed, version } = row;
    if (status !== IntegrationStatus.Active || sealed === null) {
      throw unusable(`The integration '${name}' is ${sealed === null ? 'without credentials' : status}: activate it.`);
    }
    const credentials = openCredentials(this.ring, { userId, integrationId: id, version }, sealed) as object;
    return {
      integrationId: id,
      headers: integrationKind(type).headers(credentials, config),
      origins: credentialOrigins(type, config),
      limit: config.limit,
      values: Object.values(credentials).filter((value) => typeof value === 'string'),
    };
  }
}

function unusable(message: string): StepFailure {
  return StepFailure.permanent('INTEGRATION_UNUSABLE', message);
}
