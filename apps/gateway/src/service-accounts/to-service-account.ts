import type { ServiceAccountDto } from '@app/contracts';
import type { User } from '@app/database';

/** The columns of a service account that leave the gateway. */
export type ServiceAccountRow = Pick<User, 'id' | 'name' | 'is_active' | 'version' | 'created_at' | 'updated_at'>;

/** A service account as it leaves the gateway. */
export function toServiceAccount(row: ServiceAccountRow): ServiceAccountDto {
  const { id, name, is_active, version, created_at, updated_at } = row;
  return {
    id,
    name,
    is_active,
    version,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
