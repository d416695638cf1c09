import { IsIn, IsObject, IsString, Length, Allow } from 'class-validator';

/** A task for a program of the user's own. */
export class ExternalTask {
  /** Which of the user's programs takes it. */
  @IsString()
  @Length(1, 128)
  queue: string;

  @Allow()
  input: unknown;

  /** `keyed`: the program can be given the task again when nobody knows what became of it. */
  @IsIn(['keyed', 'unsafe'])
  effect: 'keyed' | 'unsafe';

  /** `<run>/<path>`: equal over all attempts and replays. */
  @IsString()
  @Length(1, 1_024)
  idempotency_key: string;

  @IsObject()
  step: { run_id: string; path: string; attempt: number };
}
