import { spawnSync } from 'node:child_process';

/**
 * The words to put before a server's command so that the kernel sends it `signal` when its starter dies, even of
 * `kill -9` (prctl(2), PR_SET_PDEATHSIG, through setpriv of util-linux). Empty where that is not to be had: then the
 * server lives on until the next start in the same folder ends it.
 */
export function endWithStarter(signal: NodeJS.Signals): string[] {
  const words = ['setpriv', '--pdeathsig', signal.replace(/^SIG/, '')];
  const [file = '', ...args] = words;
  return spawnSync(file, [...args, 'true'], { stdio: 'ignore' }).status === 0 ? words : [];
}
