import { describe, expect, it } from 'vitest';
import { evictionWarning } from './eviction.js';

describe('evictionWarning', () => {
  it('says what to do about a server that forgets', () => {
    expect(evictionWarning('# Memory\r\nmaxmemory_policy:allkeys-lru\r\n')).toContain('set it to noeviction');
  });

  it('has nothing to say about one that does not, or does not tell', () => {
    expect(evictionWarning('# Memory\r\nmaxmemory_policy:noeviction\r\n')).toBeUndefined();
    expect(evictionWarning('')).toBeUndefined();
  });
});
