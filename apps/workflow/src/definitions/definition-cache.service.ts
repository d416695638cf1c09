import { compileInTurns, type CompiledDefinition, type StepDefinition } from '@app/definition';
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
  bytes: number;
}

interface Entry {
  definition: CompiledDefinition;
  bytes: number;
}

const MAX_ENTRIES = 1_000;
/** Of JSON of all of them together: in memory they take about ten times as much. */
const MAX_BYTES = 16_777_216;

/** The versions of a batch of claims. $1 workflow ids, $2 versions. */
const versionsSql = `
SELECT v.workflow_id, v.version, v.steps, v.config, octet_length(v.steps::text) + octet_length(v.config::text) AS bytes
FROM workflow_versions v
JOIN unnest($1::uuid[], $2::integer[]) AS i (workflow_id, version)
  ON v.workflow_id = i.workflow_id AND v.version = i.version`;

/** Compiled definitions by version. A version is immutable, so an entry is right for as long as it is kept. */
@Injectable()
export class DefinitionCache {
  private readonly log = new Logger(DefinitionCache.name);
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;

  constructor(private readonly pool: Pool) {}

  /** The definitions of these versions, by `keyOf`. One that does not exist or does not compile is missing. */
  async load(keys: readonly VersionKey[]): Promise<Map<string, CompiledDefinition>> {
    const found = new Map<string, CompiledDefinition>();
    const missing = new Map<string, VersionKey>();
    for (const version of keys) {
      const key = keyOf(version);
      const entry = this.entries.get(key);
      if (entry === undefined) missing.set(key, version);
      else found.set(key, entry.definition);
    }
    if (missing.size === 0) return found;
    for (const [key, entry] of await this.fetch([...missing.values()])) {
      found.set(key, entry.definition);
      this.keep(key, entry);
    }
    this.evict();
    return found;
  }

  private async fetch(keys: readonly VersionKey[]): Promise<Map<string, Entry>> {
    const { rows } = await this.pool.query<VersionRow>(versionsSql, [
      keys.map((key) => key.workflowId),
      keys.map((key) => key.version),
    ]);
    const entries = new Map<string, Entry>();
    for (const { workflow_id, version, steps, config, bytes } of rows) {
      const key = keyOf({ workflowId: workflow_id, version });
      try {
        entries.set(key, { definition: await compileInTurns(steps, config), bytes });
      } catch (error) {
        this.log.error(`Definition ${key} does not compile: ${String(error)}`);
      }
    }
    return entries;
  }

  private keep(key: string, entry: Entry): void {
    this.bytes += entry.bytes - (this.entries.get(key)?.bytes ?? 0);
    this.entries.set(key, entry);
  }

  /** The oldest go first; what is in use is compiled again when it is asked for. */
  private evict(): void {
    for (const [key, { bytes }] of this.entries) {
      if (this.entries.size <= MAX_ENTRIES && this.bytes <= MAX_BYTES) return;
      this.entries.delete(key);
      this.bytes -= bytes;
    }
  }
}

/** A version as a map key. */
export function keyOf({ workflowId, version }: VersionKey): string {
  return `${workflowId}@${version}`;
}
