/** What a queue carries: which attempt of which job is due. Everything else is in the job's row, which decides. */
export interface JobMessage {
  jobId: string;
  /** The row's epoch when the message was made, which numbers the attempt. A row that has moved on makes it void. */
  epoch: number;
  /** 1 is first. */
  priority: number;
  /** Account that the job is done for; null: the platform's own. */
  owner: string | null;
}

/**
 * The message's id in BullMQ, where adding the same id twice is adding it once. With a hyphen, because BullMQ keeps
 * the colon for itself.
 */
export function messageId({ jobId, epoch }: Pick<JobMessage, 'jobId' | 'epoch'>): string {
  return `${jobId}-${epoch}`;
}
