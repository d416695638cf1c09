import { IsUUID } from 'class-validator';

/** An event that a subscription wants: its row says which one, and where it goes. */
export class EventDeliver {
  /** The row of `event_deliveries`. */
  @IsUUID()
  delivery_id: string;
}
