import { IsObject, IsString, Length } from 'class-validator';

/** What a step asks of a worker: its config, resolved. */
export class StepJob {
  @IsObject()
  config: Record<string, unknown>;

  /** `<run>/<path>`: equal over all attempts and replays, for whoever can tell a repetition by it. */
  @IsString()
  @Length(1, 1_024)
  idempotency_key: string;
}
