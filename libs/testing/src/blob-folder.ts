import { join } from 'node:path';
import { providedServers } from './provided.js';

/** Where the services of this run that are started within the test process keep large values; removed at its end. */
export function testBlobFolder(): string {
  return join(providedServers().folder, 'blobs');
}
