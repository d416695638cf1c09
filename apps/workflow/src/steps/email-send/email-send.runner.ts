import { newId } from '@app/contracts';
import { EmailSendConfig } from '@app/definition';
import { resolvedConfig } from '../resolved-config.js';
import { StepFailure } from '../step-failure.js';
import type { TransactionalRunner } from '../step-runner.js';

/** `email.send`: asks the worker service for a mail and waits for it. */
export const emailSendRunner: TransactionalRunner = {
  kind: 'transactional',
  act: async (context) => {
    const { to: addressees, ...mail } = await resolvedConfig(context, EmailSendConfig);
    const to = Array.isArray(addressees) ? addressees : [addressees];
    if (mail.text === undefined && mail.html === undefined) {
      throw StepFailure.permanent('CONFIG_INVALID', 'config.text or config.html must hold the body of the mail');
    }
    // Equal over all attempts and replays, so that the receiver's mail program can drop a double.
    const message_id = `${context.runId}.${context.path.replaceAll(/[^A-Za-z0-9_-]/g, '.')}@biometrics.invalid`;
    const { timeout_ms } = context.step.definition;
    return {
      ...(timeout_ms !== undefined && { deadline: context.now + timeout_ms }),
      job: { id: newId(), type: 'email.send', path: context.path, payload: { ...mail, to, message_id } },
      input: { to, subject: mail.subject },
    };
  },
  collect: (job) => job.result?.data ?? null,
};
