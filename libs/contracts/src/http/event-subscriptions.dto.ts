import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsEnum,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { DeliveryStatus, DisabledReason, SubscriptionStatus } from '../event-subscriptions.js';
import { Given } from './given.decorator.js';

const MOST_TYPES = 50;
const PATTERN = /^[^*]*\*?$/;
const advice = { each: true, message: 'each may hold one *, at its end: it stands for whatever follows' };

/** A subscription to be made. */
export class CreateEventSubscriptionDto {
  /** Types of the events that are wanted: exactly these, or those that begin like it where a `*` stands at the end. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST_TYPES)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 255, { each: true })
  @Matches(PATTERN, advice)
  types: string[];

  /** An expression over `event` that has to be true; every event of these types unless given. */
  @IsOptional()
  @IsString()
  @Length(1, 16_384)
  filter?: string | null;

  /** Where the events are sent with POST: http or https. */
  @IsString()
  @MaxLength(2_048)
  url: string;
}

/** The fields of a subscription that change; the others stay as they are. */
export class EventSubscriptionPatchDto {
  /** All types that are wanted from now on. */
  @Given()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST_TYPES)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 255, { each: true })
  @Matches(PATTERN, advice)
  types?: string[];

  /** Another filter, or null for none. */
  @IsOptional()
  @IsString()
  @Length(1, 16_384)
  filter?: string | null;

  /** Where the events are sent from now on, those that wait included. */
  @Given()
  @IsString()
  @MaxLength(2_048)
  url?: string;

  /** `active` enables it again and forgets its failures; `disabled` stops it. */
  @Given()
  @IsEnum(SubscriptionStatus)
  status?: SubscriptionStatus;
}

/** A subscription, without its secret. */
export class EventSubscriptionDto {
  id: string;
  types: string[];
  filter: string | null;
  url: string;
  /** A disabled one gets no events: neither those that come meanwhile nor those that waited. */
  status: SubscriptionStatus;
  /** Null while it is active. */
  disabled_reason: DisabledReason | null;
  /** Since when every attempt has failed; null when the last one did not. After three days it is disabled. */
  failing_since: string | null;
  /** Also the ETag. */
  version: number;
  created_at: string;
  updated_at: string;
}

/** A subscription whose secret was just made. */
export class EventSubscriptionSecretDto extends EventSubscriptionDto {
  /** What deliveries are signed with (Standard Webhooks): `whsec_` and base64. It is shown this once. */
  secret: string;
}

/** Which event a delivery is about. */
export class DeliveredEventDto {
  /** The event's own id. */
  id: string;
  source: string;
  type: string;
}

/** An event on its way to a subscription's URL. */
export class EventDeliveryDto {
  /** Also `webhook-id`: equal over all attempts, so that a receiver can tell a repetition. */
  id: string;
  /** Null when the event is not kept any more. */
  event: DeliveredEventDto | null;
  status: DeliveryStatus;
  /** Since it was asked for, for the first time or again. */
  attempts: number;
  /** HTTP status of the last answer; null when there was none. */
  response_status: number | null;
  /** Why the last attempt failed. */
  error: string | null;
  last_attempt_at: string | null;
  /** When it is sent again; null when it is not. */
  next_attempt_at: string | null;
  delivered_at: string | null;
  created_at: string;
}
