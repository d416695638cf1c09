import { describe, expect, it } from 'vitest';
import { composeMail, mailMistakes } from './mail.js';

const payload = { to: ['ann@example.org', 'bob@example.org'], subject: 'Hi', text: 'Hello', message_id: 'm1@test' };

describe('mail', () => {
  it('needs a body', () => {
    expect(mailMistakes({ to: payload.to, subject: 'Hi', message_id: 'm1@test' })).toHaveLength(1);
    expect(mailMistakes({ ...payload, text: '' })).toHaveLength(1);
    expect(mailMistakes(payload)).toEqual([]);
  });

  it.each(['a b@test', '<a@test>', 'a\r\nBcc: eve@test', 'ä@test'])('refuses the Message-ID %j', (message_id) => {
    expect(mailMistakes({ ...payload, message_id })).toHaveLength(1);
  });

  it('goes to every recipient, from the configured sender', async () => {
    const mail = await composeMail({ ...payload, reply_to: 'support@example.org' }, 'Platform <no-reply@example.org>');
    expect(mail).toMatchObject({ from: 'no-reply@example.org', to: payload.to, messageId: 'm1@test' });
    const text = mail.raw.toString();
    expect(text).toContain('From: Platform <no-reply@example.org>');
    expect(text).toContain('Reply-To: support@example.org');
    expect(text).toContain('Auto-Submitted: auto-generated');
  });

  it('cannot be given another header through its subject', async () => {
    const { raw, to } = await composeMail({ ...payload, subject: 'Hi\r\nBcc: eve@example.org' }, 'a@example.org');
    expect(raw.toString()).not.toMatch(/^Bcc:/m);
    expect(to).toEqual(payload.to);
  });
});
