import { IsUUID } from 'class-validator';

/** The run that asked for a job was cancelled: whoever works at the job stops it now. */
export class JobCancel {
  @IsUUID()
  job_id: string;
}
