import { MOST_EXPRESSION } from '@app/contracts';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { when, type JsonSchema } from '../json-schema/json-schema.js';
import { schemaHint } from '../json-schema/schema-hint.js';
import { asChallenge, WebhookChallenge } from './webhook-challenge.shape.js';
import { asResponse, WebhookResponse } from './webhook-response.shape.js';

export const webhookMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;

/** How a webhook proves where it comes from. */
export class WebhookVerification {
  @IsIn(['none', 'bearer', 'hmac', 'standard-webhooks'])
  type: 'none' | 'bearer' | 'hmac' | 'standard-webhooks';

  /** Name of the stored secret that the sender knows too. */
  @ValidateIf(
    ({ type, secret }: WebhookVerification) => type !== 'none' || secret !== undefined,
    schemaHint({ ofWhole: neededWith(['bearer', 'hmac', 'standard-webhooks'], 'secret') }),
  )
  @IsString()
  @Length(1, 255)
  secret?: string;

  /** hmac: the header that carries the signature. */
  @ValidateIf(
    ({ type, header }: WebhookVerification) => type === 'hmac' || header !== undefined,
    schemaHint({ ofWhole: neededWith(['hmac'], 'header') }),
  )
  @Matches(HEADER_NAME)
  header?: string;

  @IsOptional()
  @IsIn(['sha256', 'sha1', 'sha512'])
  algorithm?: 'sha256' | 'sha1' | 'sha512' = 'sha256';

  @IsOptional()
  @IsIn(['hex', 'base64'])
  encoding?: 'hex' | 'base64' = 'hex';

  /** Text in front of the signature, like `sha256=`. */
  @IsOptional()
  @IsString()
  @MaxLength(32)
  prefix?: string;

  /**
   * The header with the time of signing in unix seconds. Then `<time>.<body>` is signed, or `v0:<time>:<body>` with a
   * prefix that is a version, like Slack's `v0=`. Stripe's `t=<time>,v1=<signature>` names one header for both.
   */
  @IsOptional()
  @Matches(HEADER_NAME)
  timestamp_header?: string;

  /** How far the time of signing may be from ours, in seconds. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(86_400)
  tolerance_s?: number = 300;
}

/** What proves itself in one of these ways needs the field. */
function neededWith(types: readonly string[], field: string): JsonSchema {
  return when({ properties: { type: { enum: types } }, required: ['type'] }, { required: [field] });
}

/** `config.trigger` of a workflow that a webhook starts. */
export class WebhookTrigger {
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(webhookMethods, { each: true })
  methods?: (typeof webhookMethods)[number][] = ['POST'];

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WebhookVerification)
  verify?: WebhookVerification;

  /**
   * What makes two deliveries the same one: an expression over `input`, remembered for 24 hours. Without it that is the
   * header `webhook-id` or `X-GitHub-Delivery`. Where it gives nothing, the delivery is like no other.
   */
  @IsOptional()
  @IsString()
  @Length(1, MOST_EXPRESSION)
  dedupe?: string;

  /** `accepted`: 202 as soon as the run is committed. `output`: when it is over, with what came of it. */
  @IsOptional()
  @IsObject()
  @ValidateNested(schemaHint({ orElse: { enum: ['accepted', 'output'] } }))
  @Transform(({ value }: { value: unknown }) => asResponse(value))
  respond?: WebhookResponse;

  /** How the sender's question whether somebody is there is answered: `slack` or `meta`. */
  @IsOptional()
  @IsObject()
  @ValidateNested(schemaHint({ orElse: { enum: ['slack', 'meta'] } }))
  @Transform(({ value }: { value: unknown }) => asChallenge(value))
  challenge?: WebhookChallenge;
}
