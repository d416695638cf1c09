import type { OauthIdentityDto } from '@app/contracts';
import type { OauthIdentity } from '@app/database';

/** An identity as its owner sees it: the provider's id of the person is not for them. */
export function toOauthIdentity(identity: OauthIdentity): OauthIdentityDto {
  return {
    id: identity.id,
    provider: identity.provider,
    email: identity.email,
    last_used_at: identity.last_used_at?.toISOString() ?? null,
    created_at: identity.created_at.toISOString(),
  };
}
