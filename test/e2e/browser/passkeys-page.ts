import { expect } from 'vitest';
import type { Locator, Page } from 'playwright-core';

/** The page at /passkeys, as a person uses it. */
export class PasskeysPage {
  constructor(readonly page: Page) {}

  /** Waits until the page has found out whether somebody is signed in. */
  async ready(): Promise<void> {
    await this.page.locator('#content[aria-busy=false]').waitFor();
  }

  async signInWithPassword(email: string, password: string): Promise<void> {
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByLabel('Password').first().fill(password);
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await this.isSignedInAs(email);
  }

  async signInWithPasskey(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  }

  async addPasskey(name: string): Promise<void> {
    await this.page.getByLabel('Name of the new passkey').fill(name);
    await this.page.getByRole('button', { name: 'Add a passkey' }).click();
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await this.isSignedOut();
  }

  async isSignedInAs(email: string): Promise<void> {
    await this.page.locator('#signed-in').getByText(email, { exact: true }).waitFor();
  }

  async isSignedOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  }

  /** Waits until the page says something. */
  async says(text: string): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: text }).waitFor();
  }

  async hasPasskeys(...names: readonly string[]): Promise<void> {
    await this.names()
      .nth(names.length - 1)
      .waitFor();
    expect(await this.names().evaluateAll((inputs) => inputs.map((input) => Reflect.get(input, 'value')))).toEqual(
      names,
    );
  }

  private names(): Locator {
    return this.page.getByLabel('Name of the passkey', { exact: true });
  }
}
