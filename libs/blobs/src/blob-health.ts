import { HealthService } from '@app/observability';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { BlobStorage } from './blob-storage.js';

/**
 * Whether blob storage can be used. Without it large values stay in their rows and those that are there cannot be read, but everything else
 * goes on: a service without it is degraded and ready.
 */
@Injectable()
export class BlobHealth implements OnModuleInit {
  constructor(
    private readonly health: HealthService,
    private readonly storage: BlobStorage,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'blobs', critical: false, check: () => this.storage.check() });
  }
}
