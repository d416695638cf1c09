import { Global, Module } from '@nestjs/common';
import { LimitStore } from './limit-store.js';
import { SharedPermits } from './shared-permits.js';

/** Provides SharedPermits to the whole process. Needs `RedisConfig`; starts without Redis. */
@Global()
@Module({ providers: [LimitStore, SharedPermits], exports: [SharedPermits] })
export class SharedPermitsModule {}
