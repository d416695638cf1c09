import { EffectClass } from '@app/contracts';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { leaf, type StepKind } from './step-kind.js';

/** RFC 3986 §4.1, as far as characters go: none that has to be escaped. */
const URI_REFERENCE = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;

export class EventEmitConfig {
  /** The event's type, like `org.example.order.paid`. */
  @IsString()
  @Length(1, 255)
  type: string;

  /** The event's source, a URI reference; `/workflows/<id>` unless given. */
  @IsOptional()
  @IsString()
  @Length(1, 2_048)
  @Matches(URI_REFERENCE, { message: 'must be a URI reference (RFC 3986), such as /shop or https://shop.example' })
  source?: string;

  /** What of the source it is about. */
  @IsOptional()
  @IsString()
  @Length(1, 2_048)
  subject?: string;

  /** What the event says. */
  @IsOptional()
  data?: unknown;
}

export const eventEmitKind: StepKind<EventEmitConfig> = {
  ...leaf,
  description:
    'Sends a CloudEvent to the workflows of the same owner that wait for it or are started by it; its output is the event.',
  config: EventEmitConfig,
  examples: [{ type: 'org.example.order.paid', subject: '{{ input.order }}', data: { total: '{{ input.total }}' } }],
  effect: () => EffectClass.Transactional,
  without: ['timeout_ms', 'effect', 'probe', 'on_in_doubt'],
};
