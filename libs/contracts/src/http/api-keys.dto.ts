import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
} from 'class-validator';
import { scopes, type Scope } from '../scopes.js';

const known = Object.values(scopes);

/** What a key is called. */
export class RenameApiKeyDto {
  /** What people call it: the program that has it, for instance. */
  @IsString()
  @Length(1, 255)
  name: string;
}

/** An API key to be made. */
export class CreateApiKeyDto extends RenameApiKeyDto {
  /** What the key may do: the fewer the better. */
  @ArrayNotEmpty()
  @ArrayMaxSize(known.length)
  @ArrayUnique()
  @IsIn(known, { each: true, message: `must hold only scopes: ${known.join(', ')}` })
  scopes: Scope[];

  /** How many days it is good for; at most API_KEY_EXPIRE_MAX, and API_KEY_EXPIRE when it is left out. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3_650)
  expires_in_days?: number;
}

/** An API key, without the key. */
export class ApiKeyDto {
  id: string;
  name: string;
  /** The first characters of the key, to recognise it by. */
  prefix: string;
  scopes: Scope[];
  /** From then on it is refused. */
  expires_at: string;
  /** To the minute; null when it was never used. */
  last_used_at: string | null;
  /** Also the ETag. */
  version: number;
  created_at: string;
  updated_at: string;
}

/** An API key that was just made. */
export class CreatedApiKeyDto extends ApiKeyDto {
  /** For `Authorization: Bearer`. It is shown this once and stored nowhere. */
  key: string;
}
