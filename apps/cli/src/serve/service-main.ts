import type { ServiceName } from '@app/contracts';
import { join } from 'node:path';

/** The compiled main module of a service, which lies beside ours in dist/apps. */
export function serviceMain(name: ServiceName): string {
  return join(import.meta.dirname, '..', '..', '..', name, 'src', 'main.js');
}
