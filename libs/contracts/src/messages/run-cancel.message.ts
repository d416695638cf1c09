import { IsUUID } from 'class-validator';

/** Somebody asked to cancel a run: whoever holds it stops it now instead of at the next heartbeat. */
export class RunCancel {
  @IsUUID()
  run_id: string;
}
