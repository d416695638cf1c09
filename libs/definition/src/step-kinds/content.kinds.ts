import { contentBounds, ContentStatus, EffectClass, JsonObjectOf } from '@app/contracts';
import { IsIn, IsOptional, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import { leaf, type StepKind } from './step-kind.js';

const statuses = Object.values(ContentStatus);

export class ContentCreateConfig {
  /** What it is, in a word of your choice: `article`, `note`. */
  @IsString()
  @Length(1, contentBounds.type)
  type: string;

  @IsString()
  @Length(1, contentBounds.title)
  title: string;

  @IsOptional()
  @IsString()
  @MaxLength(contentBounds.body)
  body?: string;

  /** Whatever else is to be kept with it. */
  @IsOptional()
  @JsonObjectOf(contentBounds.metadata)
  metadata?: Record<string, unknown>;

  /** `draft` unless given. */
  @IsOptional()
  @IsIn(statuses)
  status?: ContentStatus;
}

export class ContentUpdateConfig {
  /** One of the owner's. */
  @IsUUID()
  content_id: string;

  @IsOptional()
  @IsString()
  @Length(1, contentBounds.type)
  type?: string;

  @IsOptional()
  @IsString()
  @Length(1, contentBounds.title)
  title?: string;

  @IsOptional()
  @IsString()
  @MaxLength(contentBounds.body)
  body?: string;

  /** Replaces what is there as a whole. */
  @IsOptional()
  @JsonObjectOf(contentBounds.metadata)
  metadata?: Record<string, unknown>;

  /** `draft` takes a publication back, `archived` puts the content away. */
  @IsOptional()
  @IsIn(statuses)
  status?: ContentStatus;
}

export class ContentPublishConfig {
  /** One of the owner's. */
  @IsUUID()
  content_id: string;
}

const ofOwnRows = {
  ...leaf,
  effect: () => EffectClass.Transactional,
  without: ['timeout_ms', 'effect', 'probe', 'on_in_doubt'],
} as const satisfies Partial<StepKind>;

export const contentCreateKind: StepKind<ContentCreateConfig> = {
  ...ofOwnRows,
  description: 'Makes content of the owner; its output is the content without its text.',
  config: ContentCreateConfig,
  examples: [{ type: 'article', title: '{{ input.title }}', body: '{{ input.text }}' }],
};

export const contentUpdateKind: StepKind<ContentUpdateConfig> = {
  ...ofOwnRows,
  description: 'Changes content of the owner; its output is the content without its text.',
  config: ContentUpdateConfig,
  examples: [{ content_id: '{{ input.content_id }}', title: '{{ input.title }}' }],
};

export const contentPublishKind: StepKind<ContentPublishConfig> = {
  ...ofOwnRows,
  description: 'Publishes content of the owner, unless it is published; its output is the content without its text.',
  config: ContentPublishConfig,
  examples: [{ content_id: '{{ input.content_id }}' }],
};
