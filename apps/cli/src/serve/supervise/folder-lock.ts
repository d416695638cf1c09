import { ProcessRecord } from '@app/servers';
import { StartError } from '@app/observability';
import { join } from 'node:path';
import type { DataFolder } from '../../platform/data-folder.js';

/**
 * Makes this process the only supervisor of the data folder and returns how to give that up.
 * A lock that a killed supervisor left behind does not count. Throws StartError when another one runs.
 */
export function lockFolder(folder: DataFolder): () => void {
  const record = new ProcessRecord(join(folder.run, 'supervisor.process'));
  const other = record.running();
  if (other === undefined) record.write(process.pid);
  // Read again: of two that start at the same moment the last to write wins.
  const holder = other ?? record.running();
  if (holder !== process.pid) {
    throw new StartError(
      `The platform already runs on ${folder.path} (process ${holder ?? 'unknown'}). ` +
        'Stop that one first, or choose another folder with BIOMETRICS_DATA_DIR.',
    );
  }
  return () => record.clear();
}
