import { EgressConfig, EncryptionConfig } from '@app/config';
import { EgressClient } from '@app/egress';
import { KeyRing } from '@app/security';
import { Module } from '@nestjs/common';
import { EventDeliveryService } from './event-delivery.service.js';

/** Events out: the worker that sends them to the URLs of subscriptions. */
@Module({
  providers: [
    EventDeliveryService,
    { provide: EgressClient, inject: [EgressConfig], useFactory: (config: EgressConfig) => new EgressClient(config) },
    { provide: KeyRing, inject: [EncryptionConfig], useFactory: ({ keys }: EncryptionConfig) => new KeyRing(keys) },
  ],
  exports: [EventDeliveryService],
})
export class EventDeliveryModule {}
