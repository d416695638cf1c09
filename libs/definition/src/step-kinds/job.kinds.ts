import { EffectClass } from '@app/contracts';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  MaxLength,
} from 'class-validator';
import { leaf, type StepKind } from './step-kind.js';

const MEDIA_LENGTH = 1_048_576;

export class IntegrationSyncConfig {
  /** One of the owner's. */
  @IsUUID()
  integration_id: string;
}

export class IntegrationCallConfig {
  /** One of the owner's. */
  @IsUUID()
  integration_id: string;

  /** What to do there, like `create_issue`. */
  @IsString()
  @Length(1, 100)
  action: string;

  @IsOptional()
  @IsObject()
  params?: Record<string, unknown>;
}

export class SurveyRunConfig {
  @IsOptional()
  @IsString()
  @Length(1, 255)
  survey_id?: string;

  /** A page of a verified site. */
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  url: string;

  /** Values by the question's name or its visible title. */
  @IsOptional()
  @IsObject()
  answers?: Record<string, unknown>;

  @IsOptional()
  @IsObject()
  metadata?: Record<string, unknown>;

  /** `fill`: answers it; `extract`: reads its structure. */
  @IsOptional()
  @IsIn(['fill', 'extract'])
  mode?: 'fill' | 'extract';
}

export class CaptchaRecogniseConfig {
  @IsIn(['text_captcha', 'image_captcha', 'slider_captcha', 'audio_captcha'])
  kind: 'text_captcha' | 'image_captcha' | 'slider_captcha' | 'audio_captcha';

  /** The verified site that the CAPTCHA is of. */
  @IsString()
  @Length(1, 255)
  site: string;

  /** Base64. */
  @IsOptional()
  @IsString()
  @MaxLength(MEDIA_LENGTH)
  image_data?: string;

  /** Base64. */
  @IsOptional()
  @IsString()
  @MaxLength(MEDIA_LENGTH)
  audio_data?: string;

  /** Base64, with `piece`. */
  @IsOptional()
  @IsString()
  @MaxLength(MEDIA_LENGTH)
  background?: string;

  /** Base64, with `background`. */
  @IsOptional()
  @IsString()
  @MaxLength(MEDIA_LENGTH)
  piece?: string;
}

export class BiometricVerifyConfig {
  /** The challenge that the frames answer. */
  @IsString()
  @Length(1, 255)
  challenge_id: string;

  /** Base64 images, in order. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  frames: string[];
}

const ofAWorker = { ...leaf, effect: () => EffectClass.Transactional } as const satisfies Partial<StepKind>;

export const integrationSyncKind: StepKind<IntegrationSyncConfig> = {
  ...ofAWorker,
  description: 'Pulls from a provider. Waits for a worker that is not part of this release.',
  config: IntegrationSyncConfig,
  examples: [{ integration_id: '00000000-0000-7000-8000-000000000000' }],
};

export const integrationCallKind: StepKind<IntegrationCallConfig> = {
  ...ofAWorker,
  description: "Makes one call of a provider's API. Waits for a worker that is not part of this release.",
  config: IntegrationCallConfig,
  examples: [
    {
      integration_id: '00000000-0000-7000-8000-000000000000',
      action: 'create_issue',
      params: { title: '{{ input.title }}' },
    },
  ],
};

export const surveyRunKind: StepKind<SurveyRunConfig> = {
  ...ofAWorker,
  description: 'Fills in or reads a survey of a verified site. Waits for a worker that is not part of this release.',
  config: SurveyRunConfig,
  examples: [{ url: 'https://example.com/survey', answers: { Name: '{{ input.name }}' }, mode: 'fill' }],
};

export const captchaRecogniseKind: StepKind<CaptchaRecogniseConfig> = {
  ...ofAWorker,
  description: 'Recognises a CAPTCHA of a verified site. Waits for a worker that is not part of this release.',
  config: CaptchaRecogniseConfig,
  examples: [{ kind: 'text_captcha', site: 'example.com', image_data: '{{ input.image }}' }],
};

export const biometricVerifyKind: StepKind<BiometricVerifyConfig> = {
  ...ofAWorker,
  description: 'Compares a face with the one that enrolled. Waits for a worker that is not part of this release.',
  config: BiometricVerifyConfig,
  examples: [{ challenge_id: '{{ input.challenge_id }}', frames: ['{{ input.frame }}'] }],
};
