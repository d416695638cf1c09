import type { UserRole } from '../accounts.js';

/** A person as they and administrators see them; never with a password hash. */
export class UserDto {
  id: string;
  email: string;
  /** When the address was proved to be theirs; null until then. */
  email_verified_at: string | null;
  name: string;
  avatar: string | null;
  roles: UserRole[];
  /** What the person or a program of theirs keeps here. */
  metadata: Record<string, unknown>;
  is_active: boolean;
  /** When the account is going to be erased, because the person asked for it; null otherwise. */
  deletion_due_at: string | null;
  /** Also the ETag. */
  version: number;
  created_at: string;
  updated_at: string;
}
