import { randomUUID } from 'node:crypto';
import { spawnService, testDatabase, testRedis, type TestDatabase, type TestService } from '@app/testing';
import type { Page } from 'playwright-core';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { whyNoBrowser } from './browser/find-browser.js';
import { addUnprotectedPasskey, answerChallenge, askForPasskeyOf, stepUpAsking } from './browser/in-page.js';
import { PasskeysPage } from './browser/passkeys-page.js';
import { TestBrowser } from './browser/test-browser.js';
import type { VirtualAuthenticator } from './browser/virtual-authenticator.js';

const password = 'correct horse battery staple';
const whyNot = whyNoBrowser();
if (whyNot !== undefined) process.stderr.write(`Passkeys are not tested in a browser: ${whyNot}.\n`);

describe.skipIf(whyNot !== undefined)('passkeys in a real browser', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let gateway: TestService;
  let browser: TestBrowser;
  /** The gateway by the name that WebAuthn takes for a domain. */
  let origin: string;

  beforeAll(async () => {
    database = await testDatabase();
    env = { DATABASE_URL: database.url, REDIS_URL: (await testRedis()).url };
    gateway = await spawnService('gateway', { env });
    origin = gateway.url.replace('127.0.0.1', 'localhost');
    browser = await TestBrowser.start();
  });
  afterEach(() => browser.forget());
  afterAll(async () => {
    await browser.stop();
    await gateway.stop();
    await database.drop();
  });

  async function newAccount(): Promise<string> {
    const email = `${randomUUID()}@example.com`;
    const body = JSON.stringify({ email, password, name: 'Ada' });
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${origin}/api/v1/auth/register`, { method: 'POST', headers, body });
    expect(status).toBe(201);
    return email;
  }

  /** A tab on the page. */
  async function open(): Promise<{ passkeys: PasskeysPage; page: Page; authenticator: VirtualAuthenticator }> {
    const { page, authenticator } = await browser.open(`${origin}/passkeys`);
    const passkeys = new PasskeysPage(page);
    await passkeys.ready();
    return { passkeys, page, authenticator };
  }

  /** A tab on the page of somebody who is signed in and has just added a passkey. */
  async function withPasskey() {
    const email = await newAccount();
    const tab = await open();
    await tab.passkeys.signInWithPassword(email, password);
    await tab.passkeys.addPasskey('Laptop');
    await tab.passkeys.says('The passkey is added');
    return { email, ...tab };
  }

  async function audited(action: string): Promise<{ outcome: string; details: Record<string, unknown> }[]> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query('SELECT outcome, details FROM audit_events WHERE action = $1 ORDER BY id', [
      action,
    ]);
    await client.end();
    return rows;
  }

  it('are added, and sign in without a name or a password', async () => {
    const { email, passkeys, authenticator } = await withPasskey();
    await passkeys.hasPasskeys('Laptop');
    expect(await authenticator.credentials()).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);
    await passkeys.signOut();
    await passkeys.signInWithPasskey();
    await passkeys.isSignedInAs(email);
    await passkeys.page.getByText('with passkey').waitFor();
  });

  it('keep the session when the page is loaded anew, by a cookie that no script sees', async () => {
    const { email, passkeys, page } = await withPasskey();
    await page.reload();
    await passkeys.isSignedInAs(email);
    const [cookie, ...others] = await browser.cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({
      name: '__Host-biometrics_refresh',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
      path: '/',
      domain: 'localhost',
    });
    const seen = await page.evaluate('[document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)]');
    expect(seen).toEqual(['', '{}', '{}']);
    await passkeys.signOut();
    expect(await browser.cookies()).toEqual([]);
    await page.reload();
    await passkeys.isSignedOut();
  });

  it('are not made twice by one authenticator', async () => {
    const { passkeys } = await withPasskey();
    await passkeys.addPasskey('Laptop again');
    await passkeys.says('This device has a passkey for your account already.');
    await passkeys.hasPasskeys('Laptop');
  });

  it('may be several: a second device, after a proof with the first one', async () => {
    const { email, passkeys, authenticator } = await withPasskey();
    // The first proof is that of the first device, which the page asks for; then the second one takes its place.
    await passkeys.signOut();
    await passkeys.signInWithPasskey();
    await passkeys.isSignedInAs(email);
    await authenticator.becomeAnother();
    await passkeys.addPasskey('Phone');
    await passkeys.hasPasskeys('Phone', 'Laptop');
    await passkeys.signOut();
    await passkeys.signInWithPasskey();
    await passkeys.isSignedInAs(email);
  });

  it('are asked for before a passkey is removed, and are worth nothing afterwards', async () => {
    const { passkeys, page } = await withPasskey();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await page.getByRole('button', { name: 'Remove Laptop' }).click();
    await passkeys.says('The passkey is removed');
    expect(asked).toContain('POST /api/v1/auth/step-up');
    await page.getByText('You have none yet.').waitFor();
    await passkeys.signOut();
    await passkeys.signInWithPasskey();
    await passkeys.says('This passkey does not sign in here.');
  });

  it('are not added later on before the password was given once more', async () => {
    const email = await newAccount();
    const { passkeys, page } = await open();
    await passkeys.signInWithPassword(email, password);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`UPDATE sessions SET proved_at = now() - interval '10 minutes'`);
    await client.end();
    await passkeys.addPasskey('Laptop');
    await page.getByRole('dialog').getByLabel('Password').fill('something else');
    await page.getByRole('button', { name: 'Continue' }).click();
    await passkeys.says('This proof of who you are is wrong.');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('dialog').getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Continue' }).click();
    await passkeys.says('The passkey is added');
  });

  it('have new names', async () => {
    const { passkeys, page } = await withPasskey();
    await page.getByLabel('Name of the passkey', { exact: true }).fill('Desk');
    await page.getByRole('button', { name: 'Rename' }).click();
    await passkeys.says('The passkey has its new name.');
    await page.reload();
    await passkeys.ready();
    await passkeys.hasPasskeys('Desk');
  });

  it('do nothing for somebody their device does not recognise: the browser refuses', async () => {
    const { passkeys, authenticator } = await withPasskey();
    await passkeys.signOut();
    await authenticator.setVerified(false);
    await passkeys.signInWithPasskey();
    await passkeys.says('The device did not confirm that it is you');
    await passkeys.isSignedOut();
  });

  it('do nothing for them when a browser does not mind either: the gateway refuses', async () => {
    const email = await newAccount();
    const { page } = await open();
    // One that is not discoverable: the others are protected by the authenticator itself.
    const id = await page.evaluate(addUnprotectedPasskey, { email, password });
    const stepUp = { email, password, id };
    expect(await page.evaluate(stepUpAsking, { ...stepUp, userVerification: 'discouraged' as const })).toBe(401);
    expect(await page.evaluate(stepUpAsking, { ...stepUp, userVerification: 'required' as const })).toBe(200);
    expect((await audited('session.stepped_up')).slice(-2)).toMatchObject([
      { outcome: 'failure', details: { method: 'passkey', reason: 'not_verified' } },
      { outcome: 'success', details: { method: 'passkey' } },
    ]);
  });

  it('are not signed in with twice by one answer', async () => {
    const { email, passkeys, page } = await withPasskey();
    await passkeys.signOut();
    const sent = page.waitForRequest((request) => request.url().endsWith('/login/verify'));
    await passkeys.signInWithPasskey();
    await passkeys.isSignedInAs(email);
    const body = (await sent).postData()!;
    const headers = { 'content-type': 'application/json', origin };
    const replayed = await fetch(`${origin}/api/v1/auth/passkeys/login/verify`, { method: 'POST', headers, body });
    expect(replayed.status).toBe(401);
    expect((await audited('session.refused')).at(-1)).toMatchObject({ details: { reason: 'challenge' } });
  });

  it('are refused for good when an older copy of one turns up', async () => {
    const { email, passkeys, page, authenticator } = await withPasskey();
    await passkeys.signOut();
    await passkeys.signInWithPasskey();
    await passkeys.isSignedInAs(email);
    await passkeys.signOut();
    await authenticator.becomeCloneOf(await authenticator.credentials(), 0);
    await passkeys.signInWithPasskey();
    await passkeys.says('This passkey does not sign in here.');
    expect((await audited('passkey.clone_detected')).at(-1)).toMatchObject({ outcome: 'denied' });
    await passkeys.signInWithPassword(email, password);
    await page.getByText('somebody seems to have copied it').waitFor();
  });

  it('do nothing on an address that is not the one they belong to', async () => {
    const { page } = await browser.open(`${gateway.url}/account/register`);
    expect(await page.evaluate(askForPasskeyOf, 'localhost')).toBe('SecurityError');
  });

  it('are for pages of the platform alone, also on the same machine', async () => {
    const { passkeys, page } = await withPasskey();
    await passkeys.signOut();
    // A page on another port of localhost: the browser lets it, the gateway does not.
    const stranger = await spawnService('gateway', { env });
    const elsewhere = stranger.url.replace('127.0.0.1', 'localhost');
    await page.goto(`${elsewhere}/passkeys`);
    const challenge = await fetch(`${origin}/api/v1/auth/passkeys/login/options`, { method: 'POST' });
    const credential = await page.evaluate(
      answerChallenge,
      ((await challenge.json()) as { challenge: string }).challenge,
    );
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ credential });
    const answer = await fetch(`${origin}/api/v1/auth/passkeys/login/verify`, { method: 'POST', headers, body });
    expect(answer.status).toBe(401);
    expect((await audited('session.refused')).at(-1)).toMatchObject({ details: { reason: 'not_verified' } });
    await stranger.stop();
  });

  it('have their page where they work, whatever address was typed', async () => {
    const { page } = await browser.open(`${gateway.url}/passkeys`);
    expect(page.url()).toBe(`${origin}/passkeys`);
  });

  it('follow an account that was made on the page for it', async () => {
    const { page } = await browser.open(`${origin}/account/register`);
    const email = `${randomUUID()}@example.com`;
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByRole('link', { name: /Add a passkey/ }).click();
    await new PasskeysPage(page).isSignedInAs(email);
  });
});
