import { compileDefinition, type CompiledDefinition, type StepDefinition } from '@app/definition';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';

/** A workflow's version, which never changes once it exists. */
export interface VersionKey {
  workflowId: string;
  version: number;
}

interface VersionRow {
  workflow_id: string;
  version: number;
  steps: StepDefinition[];
  config: Record<string, unknown>;
}

const MAX_ENTRIES = 1_000;

/** The versions of a batch of claims. $1 workflow ids, $2 versions. */
const versionsSql = `
SELECT v.workflow_id, v.version, v.steps, v.config FROM workflow_versions v
JOIN unnest($1::uuid[], $2::integer[]) AS i (workflow_id, version)
  ON v.workflow_id = i.workflow_id AND v.version = i.version`;

/** Compiled definitions by version. A version is immutable, so an entry is right for as long as it is kept. */
@Injectable()
export class DefinitionCache {
  private readonly log = new Logger(DefinitionCache.name);
  private readonly entries = new Map<string, CompiledDefinition>();

  constructor(private readonly pool: Pool) {}

  /** The definitions of these versions, by `keyOf`. One that does not exist or does not compile is missing. */
  async load(keys: readonly VersionKey[]): Promise<Map<string, CompiledDefinition>> {
    const missing = new Map(keys.filter((key) => !this.entries.has(keyOf(key))).map((key) => [keyOf(key), key]));
    if (missing.size > 0) await this.fetch([...missing.values()]);
    const found = new Map<string, CompiledDefinition>();
    for (const key of keys) {
      const definition = this.entries.get(keyOf(key));
      if (definition !== undefined) found.set(keyOf(key), definition);
    }
    this.evict();
    return found;
  }

  private async fetch(keys: readonly VersionKey[]): Promise<void> {
    const { rows } = await this.pool.query<VersionRow>(versionsSql, [
      keys.map((key) => key.workflowId),
      keys.map((key) => key.version),
    ]);
    for (const { workflow_id, version, steps, config } of rows) {
      const key = keyOf({ workflowId: workflow_id, version });
      try {
        this.entries.set(key, compileDefinition(steps, config));
      } catch (error) {
        this.log.error(`Definition ${key} does not compile: ${String(error)}`);
      }
    }
  }

  /** The oldest go first; what is in use is compiled again when it is asked for. */
  private evict(): void {
    for (const key of this.entries.keys()) {
      if (this.entries.size <= MAX_ENTRIES) return;
      this.entries.delete(key);
    }
  }
}

/** A version as a map key. */
export function keyOf({ workflowId, version }: VersionKey): string {
  return `${workflowId}@${version}`;
}
