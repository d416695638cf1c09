import { AppError, validationFailed, type FieldError } from '@app/contracts';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { fieldErrorsOf } from './schema-mistakes.js';
import { SchemaThread, type SchemaAnswer } from './schema-thread.js';
import { inputSchemaSql } from './input-schemas.sql.js';

const FIELD = 'config.input_schema';
/** Workflows whose schema is remembered; then they are all asked for again. */
const MOST_REMEMBERED = 500;
/** How long a schema that took too long is not tried again, in ms. */
const SLOW_FOR_MS = 60_000;

interface KnownSchema {
  version: number;
  /** JSON text; null when this version has none. */
  schema: string | null;
  slowUntil: number;
}

/** `config.input_schema`: JSON Schema 2020-12 that the input of a manual run has to follow. */
@Injectable()
export class InputSchemas implements OnApplicationShutdown {
  private readonly thread = new SchemaThread();
  private readonly known = new Map<string, KnownSchema>();

  constructor(private readonly pool: Pool) {}

  async onApplicationShutdown(): Promise<void> {
    await this.thread.terminate();
  }

  /** What is wrong with the schema of a definition's config; nothing when there is none. */
  async mistakesIn(config: unknown): Promise<FieldError[]> {
    const schema: unknown =
      typeof config === 'object' && config !== null ? Reflect.get(config, 'input_schema') : undefined;
    // What is no schema at all was said by the language already.
    if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null)) return [];
    return schemaErrors(await this.thread.check(JSON.stringify(schema), undefined));
  }

  /**
   * Checks an input against the schema that this process knows of a workflow.
   * @returns the version whose schema it follows; 0 when none is known
   * @throws AppError VALIDATION_FAILED with the JSON path of each mistake
   */
  async check(userId: string, workflowId: string, inputJson: string | null): Promise<number> {
    const known = this.known.get(keyOf(userId, workflowId));
    if (known === undefined) return 0;
    const errors = await this.inputErrors(known, inputJson);
    return errors.length === 0 ? known.version : this.checkAgain(userId, workflowId, inputJson);
  }

  /** The same against the schema as it is committed now. */
  async checkAgain(userId: string, workflowId: string, inputJson: string | null): Promise<number> {
    const known = await this.read(userId, workflowId);
    if (known === undefined) return 0;
    const errors = await this.inputErrors(known, inputJson);
    if (errors.length > 0) throw validationFailed(errors);
    return known.version;
  }

  private async read(userId: string, workflowId: string): Promise<KnownSchema | undefined> {
    const { rows } = await this.pool.query<{ version: number; schema: string | null }>(inputSchemaSql, [
      workflowId,
      userId,
    ]);
    const [row] = rows;
    if (row === undefined) return undefined;
    const key = keyOf(userId, workflowId);
    const before = this.known.get(key);
    const known = { ...row, slowUntil: before?.version === row.version ? before.slowUntil : 0 };
    if (this.known.size >= MOST_REMEMBERED) this.known.clear();
    this.known.set(key, known);
    return known;
  }

  private async inputErrors(known: KnownSchema, inputJson: string | null): Promise<FieldError[]> {
    if (known.schema === null) return [];
    if (performance.now() < known.slowUntil) return [tooSlow];
    const answer = await this.thread.check(known.schema, inputJson ?? 'null');
    if (answer === 'too_much') {
      known.slowUntil = performance.now() + SLOW_FOR_MS;
      return [tooSlow];
    }
    return typeof answer === 'object' && 'errors' in answer
      ? fieldErrorsOf(answer.errors, 'input')
      : schemaErrors(answer);
  }
}

/** Somebody else's workflow is none: not even what its input should be is told. */
function keyOf(userId: string, workflowId: string): string {
  return `${userId}/${workflowId}`;
}

const tooSlow: FieldError = {
  field: 'input',
  message: `takes too long to check against the workflow's ${FIELD}: send less, or make the schema simpler`,
};

/** @throws AppError SERVICE_UNAVAILABLE when too many are waiting */
function schemaErrors(answer: SchemaAnswer): FieldError[] {
  if (answer === 'busy') throw busy();
  if (answer === 'too_much') return [{ field: FIELD, message: 'takes too long to compile: make it simpler' }];
  if ('invalidSchema' in answer) return fieldErrorsOf(answer.invalidSchema, FIELD);
  if ('unusable' in answer) {
    const reason = answer.unusable.replace(/^strict mode: /, '');
    return [{ field: FIELD, message: `is not usable as JSON Schema 2020-12: ${reason}` }];
  }
  return [];
}

function busy(): AppError {
  const message = 'Too many inputs are being checked at the moment; try again.';
  return new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: 1 });
}
