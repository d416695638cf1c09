import { temporaryFolder } from '@app/testing';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { findBrowser } from './find-browser.js';
import { VirtualAuthenticator } from './virtual-authenticator.js';

/** Longest wait for anything a page does. */
const TIMEOUT_MS = 10_000;

/** A real, headless Chromium with a fresh profile: cookies and everything else are this test's own. */
export class TestBrowser {
  private constructor(
    private readonly context: BrowserContext,
    private readonly removeProfile: () => void,
  ) {}

  static async start(): Promise<TestBrowser> {
    const profile = temporaryFolder('browser');
    const context = await chromium.launchPersistentContext(profile.path, {
      executablePath: findBrowser()!,
      // Inside a container there is no sandbox for root, and /dev/shm is small.
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    context.setDefaultTimeout(TIMEOUT_MS);
    return new TestBrowser(context, () => profile.remove());
  }

  /** A tab of its own, with an authenticator that says yes by itself unless told otherwise. */
  async open(url: string): Promise<{ page: Page; authenticator: VirtualAuthenticator }> {
    const page = await this.context.newPage();
    const authenticator = await VirtualAuthenticator.addTo(await this.context.newCDPSession(page));
    await page.goto(url);
    return { page, authenticator };
  }

  cookies(): ReturnType<BrowserContext['cookies']> {
    return this.context.cookies();
  }

  /** Closes all tabs and forgets who was signed in. */
  async forget(): Promise<void> {
    await Promise.all(this.context.pages().map((page) => page.close()));
    await this.context.clearCookies();
  }

  async stop(): Promise<void> {
    await this.context.close();
    this.removeProfile();
  }
}
