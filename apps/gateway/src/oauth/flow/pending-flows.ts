import { OneTimeTokenPurpose, type OauthProviderName } from '@app/contracts';
import { issueOneTimeToken, useOneTimeToken } from '@app/database';
import { KeyRing, newToken, openFlow, sealFlow, type FlowOwner } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { FlowSecrets } from '../providers/oauth-provider.js';

const LIFETIME_MS = 600_000;

/** What a flow is for: to sign a browser in, or to add an account for somebody who is signed in. */
export type FlowIntent =
  | { kind: 'sign_in'; /** Hash of the cookie of the browser that began. */ browserHash: string }
  | { kind: 'link'; userId: string; sessionId: string };

/** A flow that has begun, while the person is at the provider. */
export interface Flow {
  provider: OauthProviderName;
  intent: FlowIntent;
  returnUrl: string;
  /** Of the client that will bring the one-time code. */
  codeChallenge: string | undefined;
  /** What the person was invited with: a link that works, so it is kept as secret as the rest. */
  invitation?: string | undefined;
}

export type PendingFlow = Flow & { secrets: FlowSecrets };

type StoredFlow = Omit<Flow, 'invitation'> & { sealed: string };

type Sealed = Omit<FlowSecrets, 'state'> & Pick<Flow, 'invitation'>;

/**
 * The flows under way. Their `state` is a one-time token: stored as a hash, found once. What proves a code to the
 * provider is encrypted, so that nobody finishes a flow with what stands in the database.
 */
@Injectable()
export class PendingFlows {
  constructor(
    private readonly pool: Pool,
    private readonly ring: KeyRing,
  ) {}

  async begin({ invitation, ...flow }: Flow): Promise<FlowSecrets> {
    const secrets = { nonce: newToken(), codeVerifier: newToken() };
    const sealed = sealFlow(this.ring, ownerOf(flow), JSON.stringify({ ...secrets, invitation }));
    const state = await issueOneTimeToken(this.pool, {
      purpose: OneTimeTokenPurpose.OauthState,
      userId: flow.intent.kind === 'link' ? flow.intent.userId : undefined,
      payload: { ...flow, sealed },
      ttlMs: LIFETIME_MS,
    });
    return { state, ...secrets };
  }

  /** The flow of a state, the first time and within ten minutes, for the provider it was begun with. */
  async take(provider: OauthProviderName, state: string): Promise<PendingFlow | undefined> {
    const used = await useOneTimeToken(this.pool, OneTimeTokenPurpose.OauthState, state);
    if (used === undefined) return undefined;
    const { sealed, ...flow } = used.payload as unknown as StoredFlow;
    if (flow.provider !== provider) return undefined;
    const { invitation, ...secrets } = JSON.parse(openFlow(this.ring, ownerOf(flow), sealed)) as Sealed;
    return { ...flow, invitation, secrets: { state, ...secrets } };
  }
}

function ownerOf({ provider, intent }: Pick<Flow, 'provider' | 'intent'>): FlowOwner {
  return { provider, holder: intent.kind === 'link' ? intent.sessionId : intent.browserHash };
}
