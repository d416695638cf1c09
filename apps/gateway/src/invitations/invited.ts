import { UserRole } from '@app/contracts';

/** Who is invited, as what and by whom: what the row of an invitation holds in its `payload`. */
export interface Invited {
  email: string;
  roles: UserRole[];
  invited_by: string;
}

/** Whether a payload is an invitation's. */
export function isInvited(payload: object): payload is Invited {
  if (!('email' in payload && 'roles' in payload && 'invited_by' in payload)) return false;
  const { email, roles, invited_by: by } = payload;
  const known: readonly unknown[] = Object.values(UserRole);
  const areRoles = Array.isArray(roles) && roles.every((role) => known.includes(role));
  return typeof email === 'string' && typeof by === 'string' && areRoles;
}
