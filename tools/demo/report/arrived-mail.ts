import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StepStatus } from '@app/contracts';
import type { RunRecord } from '../runs/run-record.js';

/** What the email step of a run puts out. */
interface MailOutput {
  message_id: string;
  accepted: string[];
  response: string;
}

/**
 * The mail of one run as it arrived: the bytes of its file, which a platform without a mail server writes. Says so when
 * it cannot be seen from here.
 * @param records runs to choose from: of those that mailed, one with the most steps is taken
 */
export async function arrivedMail(records: readonly RunRecord[], dataDir: string): Promise<string> {
  const [sent] = records
    .toSorted((a, b) => b.steps.length - a.steps.length)
    .flatMap(({ steps }) => steps.filter(isSentMail));
  if (sent === undefined) return 'No run has sent a mail.';
  const { message_id, accepted, response } = sent.output as MailOutput;
  const folder = join(dataDir, 'mail');
  const names = await readdir(folder).catch(() => []);
  const name = names.find((candidate) => candidate.startsWith(`${message_id}.`) && candidate.endsWith('.eml'));
  if (name === undefined) {
    return (
      `The mail ${message_id} to ${accepted.join(', ')} cannot be seen from here: the platform says "${response}", ` +
      `and there is no such file in ${folder} (BIOMETRICS_DATA_DIR names the platform's data folder).`
    );
  }
  const file = join(folder, name);
  return `${file}\n\n${await readFile(file, 'utf8')}`;
}

function isSentMail({ type, status }: RunRecord['steps'][number]): boolean {
  return type === 'email.send' && status === StepStatus.Completed;
}
