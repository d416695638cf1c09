import type { OauthError } from '@app/contracts';

/** Why a person who has proved themselves at a provider does not get in here. */
export class Refusal extends Error {
  constructor(
    readonly reason: OauthError,
    /** Whose account it is about, where that is known. */
    readonly userId?: string,
  ) {
    super(reason);
  }
}
