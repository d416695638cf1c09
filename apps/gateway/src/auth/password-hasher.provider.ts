import { AuthConfig } from '@app/config';
import { HashThreads, PasswordHasher } from '@app/security';
import type { FactoryProvider } from '@nestjs/common';

/** As many threads as hashes may be computed at the same time. */
export const hashThreadsProvider: FactoryProvider<HashThreads> = {
  provide: HashThreads,
  inject: [AuthConfig],
  useFactory: ({ passwordHashConcurrency }: AuthConfig) => new HashThreads(passwordHashConcurrency),
};

export const passwordHasherProvider: FactoryProvider<PasswordHasher> = {
  provide: PasswordHasher,
  inject: [AuthConfig, HashThreads],
  useFactory: ({ passwordHashConcurrency: concurrency }: AuthConfig, argon2id: HashThreads) =>
    new PasswordHasher({ concurrency, ahead: concurrency }, { argon2id }),
};
