import { IsBoolean, IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { ContentStatus } from '../content-status.js';
import { Given } from './given.decorator.js';
import { JsonObjectOf } from './json-size.decorator.js';
import { PageQuery } from './paging.dto.js';
import { Truth } from './truth.decorator.js';
import { Untouched } from './untouched.decorator.js';

const statuses = Object.values(ContentStatus);

/**
 * Bounds of content, wherever it is written from. A request's body is smaller than a text may be. The classes below say them in
 * numbers, because the OpenAPI document is made from what stands there.
 */
export const contentBounds = {
  /** Characters of the type. */
  type: 50,
  /** Characters of the title. */
  title: 255,
  /** Characters of the body. */
  body: 1_048_576,
  /** Bytes of the metadata as JSON. */
  metadata: 65_536,
} as const;

/** Which content is wanted. */
export class ContentListQuery extends PageQuery {
  @IsOptional()
  @IsString()
  @Length(1, 50)
  type?: string;

  @IsOptional()
  @IsIn(statuses)
  status?: ContentStatus;

  /**
   * Words that have to be in the title or the body; the best matches come first. `"…"` looks for words in a row, `-word` for
   * content without it, `or` for either.
   */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  q?: string;

  /** Whether the deleted ones are wanted in place of the others. */
  @IsOptional()
  @Truth()
  @IsBoolean()
  deleted?: boolean;
}

/** What content says. */
export class ContentTextDto {
  /** What it is, in a word of the owner's choice: `article`, `note`. */
  @IsString()
  @Length(1, 50)
  type: string;

  @IsString()
  @Length(1, 255)
  title: string;

  @Given()
  @IsString()
  @MaxLength(1_048_576)
  body?: string = '';

  /** Whatever else the owner wants to keep with it. */
  @Given()
  @JsonObjectOf(contentBounds.metadata)
  @Untouched()
  metadata?: Record<string, unknown> = {};
}

/** Content to be made. */
export class CreateContentDto extends ContentTextDto {
  @Given()
  @IsIn(statuses)
  status?: ContentStatus = ContentStatus.Draft;
}

/** Content as it shall be from now on. */
export class ReplaceContentDto extends ContentTextDto {
  /** Stays as it is unless given: nothing is published, or taken back, by mistake. */
  @Given()
  @IsIn(statuses)
  status?: ContentStatus;
}

/** The fields of content that change; the others stay as they are. */
export class ContentPatchDto {
  @Given()
  @IsString()
  @Length(1, 50)
  type?: string;

  @Given()
  @IsString()
  @Length(1, 255)
  title?: string;

  @Given()
  @IsString()
  @MaxLength(1_048_576)
  body?: string;

  /** Replaces what is there as a whole. */
  @Given()
  @JsonObjectOf(contentBounds.metadata)
  @Untouched()
  metadata?: Record<string, unknown>;

  /** `published` publishes it, `draft` takes that back, `archived` puts it away. */
  @Given()
  @IsIn(statuses)
  status?: ContentStatus;
}

/** Content in a list: without its text. */
export class ContentSummaryDto {
  id: string;
  type: string;
  title: string;
  status: ContentStatus;
  /** When it was published for the first time; it stays whatever becomes of it. */
  published_at: string | null;
  /** Also the ETag; grows by one with each change. */
  version: number;
  created_at: string;
  updated_at: string;
  /** Set on deleted ones, which are listed with `deleted=true` alone. */
  deleted_at: string | null;
}

/** Content with its text. */
export class ContentDto extends ContentSummaryDto {
  body: string;
  metadata: Record<string, unknown>;
}

/** Content as it was at one version, in a list: without its text. */
export class ContentRevisionSummaryDto {
  content_id: string;
  version: number;
  type: string;
  title: string;
  status: ContentStatus;
  created_at: string;
}

/** Content as it was at one version. */
export class ContentRevisionDto extends ContentRevisionSummaryDto {
  body: string;
  metadata: Record<string, unknown>;
}
