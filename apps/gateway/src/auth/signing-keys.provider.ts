import { AuthConfig } from '@app/config';
import { ecKey, hmacKey, SigningKeys } from '@app/security';
import type { FactoryProvider } from '@nestjs/common';

/**
 * The keys of access tokens: those of JWT_KEYS, or the one of JWT_SECRET. Never both, so that no token can choose
 * between a shared secret and a public key.
 */
export const signingKeysProvider: FactoryProvider<SigningKeys> = {
  provide: SigningKeys,
  inject: [AuthConfig],
  useFactory: ({ jwtKeys, jwtSecret }: AuthConfig) =>
    new SigningKeys(jwtKeys.length > 0 ? jwtKeys.map(ecKey) : [hmacKey(jwtSecret)]),
};
