import { expect, it } from 'vitest';
import { installHint } from './install-hint.js';

it.each([
  ['linux', 'ID=ubuntu\nID_LIKE=debian\n', 'apt-get install redis-server'],
  ['linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'dnf install redis'],
  ['linux', 'ID=alpine\n', 'apk add redis'],
  ['linux', 'ID=arch\n', 'pacman -S valkey'],
  ['linux', 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'zypper install redis'],
  ['linux', '', 'put it on the PATH'],
  ['darwin', '', 'brew install redis'],
  ['win32', '', 'WSL'],
])('names the way of %s (%j)', (system, osRelease, words) => {
  const hint = installHint(system, osRelease);
  expect(hint).toContain(words);
  expect(hint).toContain('REDIS_URL');
  expect(hint).not.toContain('\n');
});
