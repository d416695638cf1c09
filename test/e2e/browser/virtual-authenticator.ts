import type { CDPSession } from 'playwright-core';

/** A credential as the browser's developer tools show it. */
interface Credential {
  credentialId: string;
  isResidentCredential: boolean;
  rpId?: string;
  privateKey: string;
  userHandle?: string;
  signCount: number;
}

const options = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

/** An authenticator inside a tab of Chromium (https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/). */
export class VirtualAuthenticator {
  private constructor(
    private readonly cdp: CDPSession,
    private id: string,
  ) {}

  static async addTo(cdp: CDPSession): Promise<VirtualAuthenticator> {
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
    return new VirtualAuthenticator(cdp, authenticatorId);
  }

  async credentials(): Promise<Credential[]> {
    return (await this.cdp.send('WebAuthn.getCredentials', { authenticatorId: this.id })).credentials;
  }

  /** Whether it recognises its owner from now on. */
  async setVerified(isUserVerified: boolean): Promise<void> {
    await this.cdp.send('WebAuthn.setUserVerified', { authenticatorId: this.id, isUserVerified });
  }

  /** Becomes another device that holds copies of credentials, as they were at some time before. */
  async becomeCloneOf(credentials: readonly Credential[], signCount: number): Promise<void> {
    await this.cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.id });
    this.id = (await this.cdp.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId;
    for (const credential of credentials) {
      const copy = { ...credential, signCount };
      await this.cdp.send('WebAuthn.addCredential', { authenticatorId: this.id, credential: copy });
    }
  }

  /** Becomes another device, which holds nothing. */
  async becomeAnother(): Promise<void> {
    await this.becomeCloneOf([], 0);
  }
}
