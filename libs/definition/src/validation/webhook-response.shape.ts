import { plainToInstance } from 'class-transformer';
import { Allow, IsIn, IsInt, IsObject, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { schemaHint } from '../json-schema/schema-hint.js';
import { hasExpression } from '../expressions/placeholders.js';

/** How long a webhook's sender waits for the run's end at most, in ms. */
export const LONGEST_WEBHOOK_WAIT_MS = 30_000;

/** How a delivery is answered. The short form is the mode alone. */
export class WebhookResponse {
  @IsIn(['accepted', 'output'])
  mode: 'accepted' | 'output';

  /** output: how long the sender waits for the run's end, in ms; then it is told 202. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LONGEST_WEBHOOK_WAIT_MS)
  timeout_ms?: number;

  /** output: 200 to 299 or 400 to 599, or an expression over `output`, `run` and `input`. */
  @ValidateIf(
    ({ status }: WebhookResponse) => status !== undefined && !isExpression(status),
    schemaHint({ orElse: { type: 'string', pattern: '\\{\\{' } }),
  )
  @IsInt()
  @Min(200)
  @Max(599)
  status?: number | string;

  /** output: by name; values may hold expressions. */
  @IsOptional()
  @IsObject()
  headers?: Record<string, string>;

  /** output: what is sent back, with expressions in it; the run's output unless given. */
  @Allow()
  body?: unknown;
}

/** The long form of either form; what is neither stays as it is, to be refused. */
export function asResponse(value: unknown): unknown {
  if (typeof value === 'string') return plainToInstance(WebhookResponse, { mode: value });
  return isPlainObject(value) ? plainToInstance(WebhookResponse, value) : value;
}

export function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isExpression(value: unknown): boolean {
  return typeof value === 'string' && hasExpression(value);
}
