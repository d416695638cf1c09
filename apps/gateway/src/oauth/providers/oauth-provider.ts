import type { OauthProviderName } from '@app/contracts';

/** What ties a provider's answer to the question: each is random and used once. */
export interface FlowSecrets {
  /** Comes back beside the code, and finds the flow again. */
  state: string;
  /** Comes back inside the id token. */
  nonce: string;
  /** Proves to the provider that whoever brings the code is who began (RFC 7636). */
  codeVerifier: string;
}

/** A person as their provider knows them. */
export interface ProviderIdentity {
  /** The provider's own id of the person: it never changes hands. */
  subject: string;
  /** Absent when the provider gives none that could be an account's. */
  email: string | undefined;
  /** Whether the provider has seen that the address is theirs. */
  isEmailVerified: boolean;
  name: string | undefined;
}

/** Somewhere else that people have an account at. */
export interface OauthProvider {
  readonly name: OauthProviderName;
  /** Where it sends the browser back to. */
  readonly redirectUrl: string;
  /** Whether the answer comes as a form that the browser posts, instead of in the address. */
  readonly answersByPost: boolean;
  /**
   * The page at which the person agrees.
   * @throws ProviderAwayError, ProviderAnswerError
   */
  authorizationUrl(flow: FlowSecrets): Promise<URL>;
  /**
   * Who the person is, once everything in the answer holds.
   * @param answer the parameters the browser came back with
   * @throws AccessDeniedError, ProviderAwayError, ProviderAnswerError
   */
  identify(answer: URLSearchParams, flow: FlowSecrets): Promise<ProviderIdentity>;
}
