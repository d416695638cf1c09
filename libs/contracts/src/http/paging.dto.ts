import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { WholeNumber } from './whole-number.decorator.js';

/** Which part of a list is wanted. Lists with filters extend it. */
export class PageQuery {
  /** Page to show, from 1. Not read when a cursor is sent. */
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  page: number = 1;

  /** Most entries of one page. */
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;

  /** `next_cursor` of the page before: stays fast however far the list goes. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}
