import { AccountConfig, HttpConfig, MailConfig } from '@app/config';
import { AccountMail, newId, type EmailAccount } from '@app/contracts';
import { findOneTimeToken } from '@app/database';
import { testDatabase, TestMailServer, type ReceivedMail, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MailSender } from '../mail-sender.js';
import { SmtpTransport } from '../smtp.transport.js';
import { AccountMailService } from './account-mail.service.js';

let database: TestDatabase;
let pool: Pool;
let server: TestMailServer;
let service: AccountMailService;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 2 });
  server = await TestMailServer.start({
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith('full') ? Object.assign(new Error('later'), { responseCode: 451 }) : null),
  });
  const http = Object.assign(new HttpConfig(), { givenPublicUrl: 'https://platform.test' });
  const sender = new MailSender(new MailConfig(), new SmtpTransport(server.url));
  service = new AccountMailService(pool, new AccountConfig(), http, sender);
});
beforeEach(() => {
  server.received.length = 0;
});
afterAll(async () => {
  await server.stop();
  await pool.end();
  await database.drop();
});

async function person(columns: { email?: string; is_active?: boolean; verified?: boolean } = {}): Promise<{
  id: string;
  email: string;
}> {
  const id = newId();
  const { email = `${id}@example.com`, is_active: isActive = true, verified = false } = columns;
  await pool.query(
    `INSERT INTO users (id, email, name, is_active, email_verified_at) VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN now() END)`,
    [id, email, '<b>Click http://evil.test</b>', isActive, verified],
  );
  return { id, email };
}

function send(payload: EmailAccount): ReturnType<AccountMailService['send']> {
  return service.send(payload, new AbortController().signal, { id: newId(), userId: null });
}

function tokenIn({ raw }: ReceivedMail): string {
  // Quoted-printable: a line that ends in = goes on, and =3D is an equals sign.
  const text = raw.replace(/=\r\n/g, '').replaceAll('=3D', '=');
  return /#token=([\w-]{43})/.exec(text)?.[1] ?? '';
}

describe('email.account', () => {
  it.each([
    [AccountMail.Verification, 'email_verification', '/account/verify-email'],
    [AccountMail.PasswordReset, 'password_reset', '/account/reset-password'],
  ] as const)('makes the token of a %s as it sends the mail, and keeps its hash alone', async (mail, purpose, page) => {
    const { id, email } = await person();
    expect(await send({ mail, email: email.toUpperCase() })).toMatchObject({ kind: 'succeeded' });
    const [received] = server.received;
    expect(received?.to).toEqual([email]);
    expect(received?.raw).toContain(`https://platform.test${page}`);
    const token = tokenIn(received!);
    expect(await findOneTimeToken(pool, purpose, token)).toMatchObject({ userId: id, payload: { email } });
    const { rows } = await pool.query(
      `SELECT t::text AS row FROM one_time_tokens t UNION ALL SELECT a::text FROM audit_events a`,
    );
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('tells the audit trail about the link, by whom it is and for what', async () => {
    const { id, email } = await person();
    await send({ mail: AccountMail.PasswordReset, email });
    const { rows } = await pool.query('SELECT * FROM audit_events WHERE subject_id = $1', [id]);
    const details = { mail: 'password_reset', job_id: expect.any(String) };
    expect(rows).toMatchObject([{ action: 'email.link_issued', actor_kind: 'system', details }]);
  });

  it('lets nobody write to a stranger through the name of an account', async () => {
    const { email } = await person();
    for (const mail of [AccountMail.Verification, AccountMail.PasswordReset, AccountMail.PasswordChanged])
      await send({ mail, email });
    expect(server.received).toHaveLength(3);
    expect(server.received.map(({ raw }) => raw).join('')).not.toContain('evil.test');
  });

  it('says that a password was changed, without a link that lets anybody in', async () => {
    const { id, email } = await person();
    await send({ mail: AccountMail.PasswordChanged, email, user_id: id });
    expect(server.received).toHaveLength(1);
    expect(tokenIn(server.received[0]!)).toBe('');
    expect((await pool.query('SELECT FROM one_time_tokens WHERE user_id = $1', [id])).rowCount).toBe(0);
  });

  it('tells the address before that the account has another one, as long as there is the account', async () => {
    const { id } = await person();
    const before = `${newId()}@example.com`;
    await send({ mail: AccountMail.EmailChanged, email: before, user_id: id });
    expect(server.received.map(({ to }) => to)).toEqual([[before]]);
    const nothing = { kind: 'succeeded', data: { sent: false } };
    expect(await send({ mail: AccountMail.EmailChanged, email: before, user_id: newId() })).toEqual(nothing);
    expect(await send({ mail: AccountMail.EmailChanged, email: before })).toEqual(nothing);
  });

  it('sends nothing, and says so to nobody but the job, when there is nobody to send it to', async () => {
    const [inactive, verified, one, other] = [
      await person({ is_active: false }),
      await person({ verified: true }),
      await person(),
      await person(),
    ];
    const payloads: EmailAccount[] = [
      { mail: AccountMail.PasswordReset, email: `${newId()}@example.com` },
      { mail: AccountMail.PasswordReset, email: inactive.email },
      { mail: AccountMail.Verification, email: verified.email },
      // The address is another account's by now.
      { mail: AccountMail.Verification, email: one.email, user_id: other.id },
      { mail: AccountMail.Invitation, email: one.email, invitation_id: newId() },
    ];
    for (const payload of payloads) expect(await send(payload)).toEqual({ kind: 'succeeded', data: { sent: false } });
    expect(server.received).toEqual([]);
    const ids = [inactive.id, verified.id, one.id, other.id];
    expect((await pool.query('SELECT FROM one_time_tokens WHERE user_id = ANY ($1)', [ids])).rowCount).toBe(0);
  });

  it('makes another token for another attempt, and both are good', async () => {
    const { email } = await person();
    await send({ mail: AccountMail.PasswordReset, email });
    await send({ mail: AccountMail.PasswordReset, email });
    const tokens = server.received.map(tokenIn);
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(await findOneTimeToken(pool, 'password_reset', token)).toBeDefined();
  });

  it('may be tried again when the server does not take the mail for now', async () => {
    const { email } = await person({ email: `full-${newId()}@example.com` });
    expect(await send({ mail: AccountMail.PasswordReset, email })).toMatchObject({ kind: 'not_done' });
  });

  it('gives an invitation its token when it leaves; only the newest is good', async () => {
    const id = newId();
    await pool.query(
      `INSERT INTO one_time_tokens (id, purpose, token_hash, payload, expires_at)
       VALUES ($1, 'invitation', $2, '{}', now() - interval '1 hour')`,
      [id, id],
    );
    const payload = { mail: AccountMail.Invitation, email: 'new@example.com', invitation_id: id };
    await send(payload);
    await send(payload);
    const [first, second] = server.received.map(tokenIn);
    expect(await findOneTimeToken(pool, 'invitation', first!)).toBeUndefined();
    expect(await findOneTimeToken(pool, 'invitation', second!)).toMatchObject({ id });
    await pool.query('UPDATE one_time_tokens SET used_at = now() WHERE id = $1', [id]);
    expect(await send(payload)).toEqual({ kind: 'succeeded', data: { sent: false } });
  });
});
