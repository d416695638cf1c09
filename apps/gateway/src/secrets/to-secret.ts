import type { SecretDto } from '@app/contracts';
import type { Secret } from '@app/database';

/** A secret as it leaves the gateway: without its value, even encrypted. */
export function toSecret({ name, version, created_at, updated_at }: Secret): SecretDto {
  return { name, version, created_at: created_at.toISOString(), updated_at: updated_at.toISOString() };
}
