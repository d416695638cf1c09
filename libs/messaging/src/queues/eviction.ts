/**
 * What is wrong with a Redis server that may throw queues away when its memory is full.
 * @param info its answer to INFO memory
 * @returns one sentence that says what to do, or undefined when it refuses writes instead, as it must
 */
export function evictionWarning(info: string): string | undefined {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy === undefined || policy === 'noeviction') return undefined;
  return `Redis may throw queues away (maxmemory-policy ${policy}): set it to noeviction.`;
}
