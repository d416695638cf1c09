import { IsUUID } from 'class-validator';

/** A mail to the owner of an event subscription that was disabled without their asking. */
export class EmailSubscription {
  @IsUUID()
  subscription_id: string;
}
