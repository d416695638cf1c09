import type { Scope, UserRole } from '@app/contracts';
import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Who may call a route. A route that declares nothing is refused, and the process does not start with one. */
export type Access =
  | { who: 'everybody' }
  | { who: 'signed_in' }
  | { who: 'scope'; scope: Scope }
  | { who: 'roles'; roles: readonly [UserRole, ...UserRole[]] };

export const ACCESS = 'access';
export const STEP_UP = 'step-up';

/** Open to the world: no credentials are read, whatever was sent. */
export function Public(): CustomDecorator {
  return SetMetadata(ACCESS, { who: 'everybody' } satisfies Access);
}

/** For people who are signed in. No API key gets in, whatever its scopes. */
export function Authenticated(): CustomDecorator {
  return SetMetadata(ACCESS, { who: 'signed_in' } satisfies Access);
}

/** For people who are signed in, and for API keys with this scope. */
export function Scoped(scope: Scope): CustomDecorator {
  return SetMetadata(ACCESS, { who: 'scope', scope } satisfies Access);
}

/** For people who are signed in and have at least one of these roles. */
export function Roles(...roles: [UserRole, ...UserRole[]]): CustomDecorator {
  return SetMetadata(ACCESS, { who: 'roles', roles } satisfies Access);
}

/** Besides: the caller has proved who they are a moment ago (STEP_UP_REQUIRED otherwise). For sensitive actions. */
export function StepUp(): CustomDecorator {
  return SetMetadata(STEP_UP, true);
}
