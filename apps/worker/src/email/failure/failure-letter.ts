import { RunTrouble, type EmailFailure } from '@app/contracts';
import { letter, type Letter } from '../account/letter.js';

/**
 * The letter about a run in trouble. It goes to the workflow's owner alone, who has named it; of the error it holds the code,
 * because what a receiver answered is not for a mailbox.
 */
export function failureLetter(publicUrl: string, name: string, failure: EmailFailure): Letter {
  const { trouble, run_id, path, code } = failure;
  const place = new URL(publicUrl).host;
  const title = name.replace(/\p{Cc}+/gu, ' ');
  const url = `${publicUrl}/api/v1/runs/${run_id}`;
  switch (trouble) {
    case RunTrouble.Failed:
      return letter({
        subject: `A run of "${title}" has failed`,
        paragraphs: [`A run of your workflow "${title}" at ${place} has failed${code ? ` with ${code}` : ''}.`, url],
        footer: FOOTER,
      });
    case RunTrouble.InDoubt:
      return letter({
        subject: `A run of "${title}" waits for you`,
        paragraphs: [
          `Nobody knows whether the call of the step ${path ?? ''} has happened, in a run of your workflow "${title}" at ` +
            `${place}. The run waits until you say it: POST ${url}/steps/${path ?? ''}/resolve.`,
          url,
        ],
        footer: FOOTER,
      });
  }
}

const FOOTER =
  'You get at most one such mail in 15 minutes for each workflow, so there may be more runs like this one. The workflow ' +
  'asks for them with on_failure.mail in its config.';
