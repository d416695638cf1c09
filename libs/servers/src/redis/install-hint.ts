import { readFileSync } from 'node:fs';

/** One sentence that says how to get a Redis server on this system. */
export function installHint(system: string = process.platform, osRelease: string = readOsRelease()): string {
  return `No Redis server was found: ${remedy(system, osRelease)}, or set REDIS_URL to one that runs elsewhere.`;
}

function remedy(system: string, osRelease: string): string {
  if (system === 'darwin') return 'install one with "brew install redis"';
  if (system === 'win32') return 'run this in WSL';
  const family = /^ID(?:_LIKE)?=.*$/gm;
  const ids = (osRelease.match(family) ?? []).join(' ');
  if (/debian|ubuntu/.test(ids)) return 'install one with "sudo apt-get install redis-server"';
  if (/fedora|rhel|centos/.test(ids)) return 'install one with "sudo dnf install redis" (or valkey)';
  if (/alpine/.test(ids)) return 'install one with "apk add redis"';
  if (/arch/.test(ids)) return 'install one with "sudo pacman -S valkey"';
  if (/suse/.test(ids)) return 'install one with "sudo zypper install redis"';
  return 'install redis-server 6.2 or newer and put it on the PATH';
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
