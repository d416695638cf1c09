import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfigs } from './load-config.js';
import type { ProcessName } from './processes.js';

const LOADED = Symbol('the config objects of this process');

/** Provides config objects to the whole process, each under its class. */
@Module({})
export class ConfigModule {
  /**
   * Reads and checks all classes together when the application is created, which fails with a ConfigError.
   * @param classes the config classes this process needs
   * @param process which process this is: some defaults differ
   */
  static forRoot(classes: readonly (new () => object)[], process?: ProcessName): DynamicModule {
    const each = classes.map((type, index) => ({
      provide: type,
      useFactory: (loaded: readonly object[]) => loaded[index],
      inject: [LOADED],
    }));
    const load = { provide: LOADED, useFactory: () => loadConfigs(classes, undefined, process) };
    return { module: ConfigModule, global: true, providers: [load, ...each], exports: [...classes] };
  }
}
