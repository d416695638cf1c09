import { AccountConfig } from '@app/config';
import { HashThreads, PasswordHasher } from '@app/security';
import type { FactoryProvider } from '@nestjs/common';

/** As many threads as hashes may be computed at the same time. */
export const hashThreadsProvider: FactoryProvider<HashThreads> = {
  provide: HashThreads,
  inject: [AccountConfig],
  useFactory: ({ passwordHashConcurrency }: AccountConfig) => new HashThreads(passwordHashConcurrency),
};

export const passwordHasherProvider: FactoryProvider<PasswordHasher> = {
  provide: PasswordHasher,
  inject: [AccountConfig, HashThreads],
  useFactory: (config: AccountConfig, argon2id: HashThreads) => {
    const { passwordHashConcurrency: concurrency, passwordHashMemoryBytes: memoryBytes } = config;
    const cost = { memoryBytes, passes: config.passwordHashPasses };
    return new PasswordHasher({ concurrency, ahead: concurrency, cost }, { argon2id });
  },
};
