import { IsOptional, IsString, Length, Matches } from 'class-validator';

/** Words of an event that are wanted: as they are, or all that begin like this where a `*` stands at the end. */
const PATTERN = /^[^*]*\*?$/;
const advice = { message: 'may hold one *, at its end: it stands for whatever follows' };

/** Which events start a workflow: `config.trigger` of one that events start. */
export class EventTrigger {
  /** Of the event's `type`: exactly this, or what begins like this with `*` at the end. */
  @IsString()
  @Length(1, 255)
  @Matches(PATTERN, advice)
  type: string;

  /** Of the event's `source`, likewise; any unless given. */
  @IsOptional()
  @IsString()
  @Length(1, 2_048)
  @Matches(PATTERN, advice)
  source?: string;

  /** An expression over `event` that has to be true. */
  @IsOptional()
  @IsString()
  @Length(1, 65_536)
  filter?: string;
}

/** Whether a word of an event is one that a pattern wants. */
export function matchesPattern(pattern: string | undefined, word: string): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith('*') ? word.startsWith(pattern.slice(0, -1)) : word === pattern;
}
