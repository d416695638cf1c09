import { expect, it } from 'vitest';
import { packageClosure } from './package-closure.js';

const DEPENDS = `redis-server
  PreDepends: init-system-helpers
  Depends: redis-tools
redis-tools
  Depends: adduser
  Depends: libjemalloc2
  Depends: libsystemd0
    libelogind0
init-system-helpers
 |Depends: usrmerge
  Depends: usr-is-merged
usrmerge
  Depends: libfile-find-rule-perl
libjemalloc2
  Depends: libc6
libsystemd0
  Depends: libc6
libc6
  Depends: libgcc-s1
libelogind0
  Depends: libc6
`;

it('follows libraries only, and takes the first of two providers', () => {
  expect(packageClosure(['redis-server', 'redis-tools'], DEPENDS)).toEqual([
    'redis-server',
    'redis-tools',
    'libjemalloc2',
    'libc6',
    'libgcc-s1',
    'libsystemd0',
  ]);
});
