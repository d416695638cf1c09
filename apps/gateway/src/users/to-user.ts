import type { ManagedUserDto, UserDto } from '@app/contracts';
import type { UserRow } from './user-changes.js';

/** A user as it leaves the gateway. Names each field, so that a new column does not leave by itself. */
export function toUser(user: UserRow): UserDto {
  return {
    id: user.id,
    email: user.email,
    email_verified_at: user.email_verified_at?.toISOString() ?? null,
    name: user.name,
    avatar: user.avatar,
    roles: user.roles,
    metadata: user.metadata,
    is_active: user.is_active,
    deletion_due_at: user.deletion_due_at?.toISOString() ?? null,
    version: user.version,
    created_at: user.created_at.toISOString(),
    updated_at: user.updated_at.toISOString(),
  };
}

/** A user as administrators see them. */
export function toManagedUser(user: UserRow): ManagedUserDto {
  return { ...toUser(user), kind: user.kind, owner_id: user.owner_id };
}
