import type { CloudEvent } from '@app/contracts';

/** An event that was taken for this transaction. */
export interface TakenEvent {
  id: string;
  userId: string;
  event: CloudEvent;
  depth: number;
  /** When PostgreSQL began to accept it, in µs since 1970. */
  acceptedAt: number;
}
