import { ServiceName } from '@app/contracts';
import {
  MEMORY_FLAGS,
  spawnService,
  stopProcess,
  type StopStep,
  WORKFLOW_MEMORY_FLAGS,
  withLogFile,
} from '@app/servers';
import type { DataFolder } from '../../platform/data-folder.js';
import { ServicePidFile } from './service-pid-file.js';
import { serviceMain } from '../service-main.js';
import type { Running } from './supervised.js';

/** A service needs up to a few seconds to finish what is under way; what is cut short is recovered as after a crash. */
const STOP: readonly StopStep[] = [
  { signal: 'SIGTERM', waitMs: 5_500 },
  { signal: 'SIGKILL', waitMs: 500 },
];

/**
 * Starts a service as a process of its own, its output in its log file, its id in its pid file.
 * Throws what keeps it from being spawned or noted.
 */
export async function launchService(name: ServiceName, folder: DataFolder, env: NodeJS.ProcessEnv): Promise<Running> {
  const pidFile = new ServicePidFile(folder, name);
  const flags = name === ServiceName.Workflow ? WORKFLOW_MEMORY_FLAGS : MEMORY_FLAGS;
  const child = await withLogFile(folder.log(name), (output) =>
    spawnService({ main: serviceMain(name), flags, env, output, label: folder.path }),
  );
  const exited = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 1)),
  );
  const stop = async (): Promise<void> => {
    await stopProcess(child.pid, STOP);
    pidFile.clear();
  };
  try {
    pidFile.write(child.pid);
  } catch (error) {
    await stop(); // A full disk must not leave a process behind that nobody knows of.
    throw error;
  }
  return { pid: child.pid, exited, stop };
}

/** Ends the services of a supervisor that was killed, so that they do not hold the ports of the new ones. */
export async function endLeftoverServices(folder: DataFolder): Promise<void> {
  const pidFiles = Object.values(ServiceName).map((name) => new ServicePidFile(folder, name));
  await Promise.all(
    pidFiles.map(async (pidFile) => {
      const pid = pidFile.running();
      if (pid !== undefined) await stopProcess(pid, STOP);
      pidFile.clear();
    }),
  );
}
