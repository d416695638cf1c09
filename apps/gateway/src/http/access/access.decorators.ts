import { UserRole } from '@app/contracts';
import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Who may call a route. A route that declares nothing is refused, and the process does not start with one. */
export type Access =
  { who: 'everybody' } | { who: 'authenticated' } | { who: 'roles'; roles: readonly [UserRole, ...UserRole[]] };

export const ACCESS = 'access';

/** Open to the world: no credentials are read, whatever was sent. */
export function Public(): CustomDecorator {
  return SetMetadata(ACCESS, { who: 'everybody' } satisfies Access);
}

/** For everybody who is signed in. */
export function Authenticated(): CustomDecorator {
  return SetMetadata(ACCESS, { who: 'authenticated' } satisfies Access);
}

/** For those who have at least one of these roles. */
export function Roles(...roles: [UserRole, ...UserRole[]]): CustomDecorator {
  return SetMetadata(ACCESS, { who: 'roles', roles } satisfies Access);
}
