import { EffectClass } from '@app/contracts';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsEmail, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { Transform } from 'class-transformer';
import { schemaHint } from '../json-schema/schema-hint.js';
import { leaf, type StepKind } from './step-kind.js';

export class EmailSendConfig {
  /** One address or a list of up to 50. */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' && !value.includes('{{') ? [value] : value))
  @IsArray(schemaHint({ schema: { type: 'array' }, orElse: { type: 'string', pattern: '^.+@.+$' } }))
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsEmail({}, { each: true })
  to: string[];

  @IsString()
  @Length(1, 998)
  subject: string;

  /** The body as plain text. At least one of `text` and `html`. */
  @IsOptional()
  @IsString()
  @MaxLength(1_048_576)
  text?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_048_576)
  html?: string;

  @IsOptional()
  @IsEmail()
  reply_to?: string;
}

export const emailSendKind: StepKind<EmailSendConfig> = {
  ...leaf,
  description: 'Sends a mail through the worker service; its output is {message_id, accepted}.',
  config: EmailSendConfig,
  examples: [{ to: '{{ input.address }}', subject: 'Your order', text: 'It is on its way, {{ input.name }}.' }],
  effect: () => EffectClass.Transactional,
  // A second mail carries the same Message-ID, so trying again is the lesser harm.
  onInDoubt: 'retry',
};
