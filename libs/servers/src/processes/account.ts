import { readFileSync, statSync } from 'node:fs';

/** An account of the system that a process can run as. Passed to `spawn` as it is. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Accounts that exist for purposes like this one, in order of preference; none is ever created. */
const PREFERRED = ['postgres', 'nobody'];

/** Whether this process is root. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** An existing unprivileged account of /etc/passwd, `undefined` when neither postgres nor nobody is there. */
export function unprivilegedAccount(passwd = readFileSync('/etc/passwd', 'utf8')): Account | undefined {
  const entries = passwd.split('\n').map((line) => line.split(':'));
  for (const name of PREFERRED) {
    const entry = entries.find((fields) => fields[0] === name);
    const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
    if (Number.isInteger(uid) && Number.isInteger(gid) && uid > 0) return { uid, gid };
  }
  return undefined;
}

/** The account a file or folder belongs to, `undefined` when it does not exist. */
export function ownerOf(path: string): Account | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : { uid: stat.uid, gid: stat.gid };
}
