import { describe, expect, it } from 'vitest';
import { unprivilegedAccount } from './account.js';

const NOBODY = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin';
const POSTGRES = 'postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash';

describe('unprivilegedAccount', () => {
  it('prefers postgres over nobody', () => {
    expect(unprivilegedAccount(`root:x:0:0::/root:/bin/sh\n${NOBODY}\n${POSTGRES}\n`)).toEqual({ uid: 101, gid: 104 });
    expect(unprivilegedAccount(`root:x:0:0::/root:/bin/sh\n${NOBODY}\n`)).toEqual({ uid: 65534, gid: 65534 });
  });

  it('never takes root, whatever it is called', () => {
    expect(unprivilegedAccount('postgres:x:0:0::/:/bin/sh\n')).toBeUndefined();
    expect(unprivilegedAccount('')).toBeUndefined();
  });
});
