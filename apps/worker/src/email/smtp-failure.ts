import type { Delivery } from './mail-transport.js';

/** The fields of Nodemailer's errors that tell what happened. */
interface SmtpError {
  message: string;
  code?: string | undefined;
  responseCode?: number | undefined;
  rejectedErrors?: readonly { responseCode?: number | undefined }[] | undefined;
}

/**
 * What a failure of an SMTP session means for the mail (RFC 5321 §4.2.1: 4yz is transient, 5yz permanent).
 * @param dataStarted whether the server had asked for the mail itself: from there on silence proves nothing
 */
export function judgeSmtpFailure(error: SmtpError, dataStarted: boolean): Delivery {
  const { message } = error;
  if (isAboutTheMail(error))
    return isPermanent(error) ? { kind: 'rejected', message } : { kind: 'unavailable', message };
  // Everything else is about the server or the way to it: no fault of the mail, however the server put it.
  if (dataStarted && error.responseCode === undefined) return { kind: 'unknown', message };
  return { kind: 'unavailable', message };
}

/** EENVELOPE: sender or recipients were refused; EMESSAGE: the mail itself was. */
function isAboutTheMail({ code }: SmtpError): boolean {
  return code === 'EENVELOPE' || code === 'EMESSAGE';
}

function isPermanent({ responseCode, rejectedErrors = [] }: SmtpError): boolean {
  const codes = rejectedErrors.length > 0 ? rejectedErrors.map((each) => each.responseCode) : [responseCode];
  return codes.every((code) => code === undefined || code >= 500);
}
