import { Allow, IsEnum, IsIn, IsObject, IsOptional, IsString, Length } from 'class-validator';
import { IntegrationStatus, IntegrationType } from '../integrations.js';
import { Given } from './given.decorator.js';
import { PageQuery } from './paging.dto.js';
import { Untouched } from './untouched.decorator.js';

/** What an owner can make of the status; `error` is said by the platform. */
const settable = [IntegrationStatus.Active, IntegrationStatus.Inactive] as const;

/** Which integrations are wanted. */
export class IntegrationListQuery extends PageQuery {
  @IsOptional()
  @IsEnum(IntegrationType)
  type?: IntegrationType;

  @IsOptional()
  @IsEnum(IntegrationStatus)
  status?: IntegrationStatus;
}

/** An account at a provider, to be kept. What `config` and `credentials` hold depends on the type: GET /integrations/types. */
export class CreateIntegrationDto {
  @IsEnum(IntegrationType)
  type: IntegrationType;

  /** For people. */
  @IsString()
  @Length(1, 255)
  name: string;

  /** As the type has it; all of it may be left out where the type asks for nothing. */
  @Allow()
  @Untouched()
  config?: Record<string, unknown>;

  /** As the type has it. They can never be read back. */
  @IsObject()
  @Untouched()
  credentials: Record<string, unknown>;

  /** `inactive` when it is not to be used yet. */
  @Given()
  @IsIn(settable)
  status?: (typeof settable)[number] = IntegrationStatus.Active;
}

/** An integration as it shall be from now on. Its type stays. */
export class ReplaceIntegrationDto {
  @IsString()
  @Length(1, 255)
  name: string;

  @Allow()
  @Untouched()
  config?: Record<string, unknown>;

  /** Others than before; those stay unless given. They have to be given when `config` sends them to another origin. */
  @Allow()
  @Untouched()
  credentials?: Record<string, unknown>;

  /** `active` also ends the status `error`. */
  @Given()
  @IsIn(settable)
  status?: (typeof settable)[number] = IntegrationStatus.Active;
}

/** An integration, without its credentials. */
export class IntegrationDto {
  /** What steps name it by, as `credential`. */
  id: string;
  type: IntegrationType;
  name: string;
  /** With what applies where nothing was given. */
  config: Record<string, unknown>;
  status: IntegrationStatus;
  /** When its provider was last pulled from as a whole; null before that. */
  last_sync_at: string | null;
  /** Also the ETag. */
  version: number;
  created_at: string;
  updated_at: string;
}

/** A type of integrations. */
export class IntegrationTypeDto {
  type: IntegrationType;
  description: string;
  /** A whole body of POST /integrations. */
  example: Record<string, unknown>;
  /** JSON Schema (2020-12) of `config`. */
  @Untouched()
  config_schema: Record<string, unknown>;
  /** JSON Schema (2020-12) of `credentials`. */
  @Untouched()
  credentials_schema: Record<string, unknown>;
}

/** Every type, from the rules that integrations are checked with. */
export class IntegrationTypesDto {
  types: IntegrationTypeDto[];
}
