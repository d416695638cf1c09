import { MOST_EXPRESSION } from '@app/contracts';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { PATTERN, PATTERN_ADVICE } from './event-pattern.js';

/** Which events start a workflow: `config.trigger` of one that events start. */
export class EventTrigger {
  /** Of the event's `type`: exactly this, or what begins like this with `*` at the end. */
  @IsString()
  @Length(1, 255)
  @Matches(PATTERN, PATTERN_ADVICE)
  type: string;

  /** Of the event's `source`, likewise; any unless given. */
  @IsOptional()
  @IsString()
  @Length(1, 2_048)
  @Matches(PATTERN, PATTERN_ADVICE)
  source?: string;

  /** An expression over `event` that has to be true. */
  @IsOptional()
  @IsString()
  @Length(1, MOST_EXPRESSION)
  filter?: string;
}
