import { MOST_EXPRESSION } from '@app/contracts';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsOptional, IsString, Length, Max, Min, ValidateNested } from 'class-validator';

/** How long a run holds its slot: while it is at work, or from its first step to its end, also while it waits. */
export const SlotScope = { Claim: 'claim', Run: 'run' } as const;
export type SlotScope = (typeof SlotScope)[keyof typeof SlotScope];

const DAY_MS = 86_400_000;
const MOST = 100_000;

/** How many runs of the workflow may be at work at the same time. */
export class ConcurrencyLimit {
  @IsInt()
  @Min(1)
  @Max(MOST)
  max: number;

  /** An expression over `input` and `run`: runs with the same value are counted together, all unless given. */
  @IsOptional()
  @IsString()
  @Length(1, MOST_EXPRESSION)
  key?: string;

  @IsOptional()
  @IsIn(Object.values(SlotScope))
  scope?: SlotScope = SlotScope.Claim;
}

/** How many runs of the workflow may begin in any `per_ms` milliseconds. */
export class RateLimit {
  @IsInt()
  @Min(1)
  @Max(MOST)
  max: number;

  @IsInt()
  @Min(1)
  @Max(DAY_MS)
  per_ms: number;

  /** As with `concurrency`. */
  @IsOptional()
  @IsString()
  @Length(1, MOST_EXPRESSION)
  key?: string;
}

/** How many runs may do what at the same time: `config.limits`. */
export class Limits {
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ConcurrencyLimit)
  concurrency?: ConcurrencyLimit;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RateLimit)
  rate?: RateLimit;

  /** Goes before the owner's other runs as if it had been accepted that many minutes earlier. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100)
  priority?: number;
}
