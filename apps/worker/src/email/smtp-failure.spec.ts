import { describe, expect, it } from 'vitest';
import { judgeSmtpFailure } from './smtp-failure.js';

const message = 'what the server said';
const twice = (a: number, b: number) => [{ responseCode: a }, { responseCode: b }];

describe('judgeSmtpFailure', () => {
  it.each([
    ['recipients refused for good', { code: 'EENVELOPE', responseCode: 550 }, 'rejected'],
    ['recipients refused for now', { code: 'EENVELOPE', responseCode: 451 }, 'unavailable'],
    [
      'one refused for good, one for now',
      { code: 'EENVELOPE', responseCode: 550, rejectedErrors: twice(450, 550) },
      'unavailable',
    ],
    ['all refused for good', { code: 'EENVELOPE', responseCode: 450, rejectedErrors: twice(550, 553) }, 'rejected'],
    ['larger than the server takes', { code: 'EMESSAGE' }, 'rejected'],
    ['wrong password', { code: 'EAUTH', responseCode: 535 }, 'unavailable'],
    ['no mail service here', { code: 'EPROTOCOL', responseCode: 554 }, 'unavailable'],
    ['nobody answers', { code: 'ESOCKET' }, 'unavailable'],
    ['TLS fails', { code: 'ETLS' }, 'unavailable'],
    ['stopped before the mail was sent', {}, 'unavailable'],
  ])('%s', (_what, error, kind) => {
    expect(judgeSmtpFailure({ message, ...error }, false)).toEqual({ kind, message });
  });

  it.each([
    ['the mail refused for good', { code: 'EMESSAGE', responseCode: 554 }, 'rejected'],
    ['the mail refused for now', { code: 'EMESSAGE', responseCode: 452 }, 'unavailable'],
    ['the server says it shuts down', { code: 'ECONNECTION', responseCode: 421 }, 'unavailable'],
    ['the connection breaks', { code: 'ECONNECTION' }, 'unknown'],
    ['silence', { code: 'ETIMEDOUT' }, 'unknown'],
    ['stopped', {}, 'unknown'],
  ])('while the mail is on its way: %s', (_what, error, kind) => {
    expect(judgeSmtpFailure({ message, ...error }, true)).toEqual({ kind, message });
  });
});
