import { TestMailServer, type MailBehaviour } from '@app/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { composeMail, type Mail } from './mail.js';
import { SmtpTransport } from './smtp.transport.js';

const never = new AbortController().signal;

describe('SmtpTransport', () => {
  const servers: TestMailServer[] = [];

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  async function listen(behaviour: MailBehaviour = {}): Promise<TestMailServer> {
    const server = await TestMailServer.start(behaviour);
    servers.push(server);
    return server;
  }

  function mail(to = ['ann@example.org']): Promise<Mail> {
    const payload = { to, subject: 'Grüße', text: 'plain', html: '<b>rich</b>', message_id: 'run/each[3].send@test' };
    return composeMail(payload, 'Platform <no-reply@example.org>');
  }

  it('delivers text and HTML under the Message-ID it was given', async () => {
    const { url, received } = await listen();
    const delivery = await new SmtpTransport(url).deliver(await mail(), never);
    expect(delivery).toMatchObject({ kind: 'accepted', accepted: ['ann@example.org'], rejected: [] });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ messageId: 'run/each[3].send@test', to: ['ann@example.org'] });
    expect(received[0]!.raw).toContain('multipart/alternative');
    expect(received[0]!.raw).toContain('Content-Type: text/html');
  });

  it('tells which recipients were refused', async () => {
    const { url } = await listen({
      onRcptTo: ({ address }, _session, done) => done(address.startsWith('bad') ? refusal(550) : null),
    });
    const transport = new SmtpTransport(url);
    expect(await transport.deliver(await mail(['ann@example.org', 'bad@example.org']), never)).toMatchObject({
      kind: 'accepted',
      accepted: ['ann@example.org'],
      rejected: ['bad@example.org'],
    });
    expect(await transport.deliver(await mail(['bad@example.org']), never)).toMatchObject({ kind: 'rejected' });
  });

  it.each([
    [451, 'unavailable'],
    [554, 'rejected'],
  ])('takes the answer %i to the mail for %s', async (code, kind) => {
    const { url } = await listen({ onMail: (_mail, done) => done(refusal(code)) });
    expect(await new SmtpTransport(url).deliver(await mail(), never)).toMatchObject({ kind });
  });

  it('does not know what became of a mail whose connection broke after it was sent', async () => {
    const server = await listen({ onMail: () => server.breakConnections() });
    expect(await new SmtpTransport(server.url).deliver(await mail(), never)).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    ['before the mail was sent', { onRcptTo: () => undefined }, 'unavailable'],
    ['after it was sent', { onMail: () => undefined }, 'unknown'],
  ])('knows what it knows when it is stopped %s', async (_when, behaviour, kind) => {
    const { url } = await listen(behaviour);
    expect(await new SmtpTransport(url).deliver(await mail(), AbortSignal.timeout(300))).toMatchObject({ kind });
  });

  it('knows that nothing was sent when nobody answers', async () => {
    expect(await new SmtpTransport('smtp://127.0.0.1:1').deliver(await mail(), never)).toMatchObject({
      kind: 'unavailable',
    });
  });

  it('logs in, and does not blame the mail for a wrong password', async () => {
    const { url, received } = await listen({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'me' && password === 'right' ? done(null, { user: 'me' }) : done(new Error('wrong')),
    });
    const address = url.slice('smtp://'.length);
    expect(await new SmtpTransport(`smtp://me:right@${address}`).deliver(await mail(), never)).toMatchObject({
      kind: 'accepted',
    });
    expect(await new SmtpTransport(`smtp://me:wrong@${address}`).deliver(await mail(), never)).toMatchObject({
      kind: 'unavailable',
    });
    expect(received).toHaveLength(1);
  });
});

function refusal(responseCode: number): Error {
  return Object.assign(new Error('refused'), { responseCode });
}
