import { Type } from 'class-transformer';
import { IsObject, IsOptional, ValidateNested } from 'class-validator';
import { AccountLimit } from './account-limit.shape.js';

/** What every type's config holds. */
export abstract class ProviderConfig {
  /** Where the provider's API is; credentials go to its origin. */
  abstract base_url: string;

  /** Calls that wait for their turn instead of being made; null for as many as there are. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AccountLimit)
  limit: AccountLimit | null = null;
}
