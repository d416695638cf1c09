import type { AccountConfig } from '@app/config';
import { PasswordHasher } from '@app/security';

/** Makes hashes as the gateway would: a failed sign-in takes the same time for every account. */
export function accountHasher(config: AccountConfig): PasswordHasher {
  const { passwordHashMemoryBytes: memoryBytes, passwordHashPasses: passes } = config;
  return new PasswordHasher({ concurrency: 1, cost: { memoryBytes, passes } });
}
