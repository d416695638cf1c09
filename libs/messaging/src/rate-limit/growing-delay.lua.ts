import { script } from './script.js';

/**
 * Begins an attempt: counts it as failed until the opposite is known, so that attempts at the same time do not all
 * slip through before the first has failed. ARGV: free failures, first and longest wait, life of the key, in ms.
 * Answer: how long to wait in ms, 0 when the attempt may be made.
 */
export const beginAttemptScript = script(`
  local free, first, longest, life = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local wait = tonumber(redis.call('HGET', KEYS[1], 'next_at') or '0') - now
  if wait > 0 then return {wait} end
  local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
  local delay = 0
  if failures > free then delay = math.min(first * 2 ^ math.min(failures - free - 1, 40), longest) end
  redis.call('HSET', KEYS[1], 'next_at', string.format('%.0f', now + delay))
  redis.call('PEXPIRE', KEYS[1], life)
  return {0}
`);

/** An attempt that was right: all failures are forgotten. */
export const succeededScript = script(`return {redis.call('DEL', KEYS[1])}`);

/** An attempt that came to nothing for a reason of ours: as if it had not begun, which it could as no wait was left. */
export const abandonedScript = script(`
  if redis.call('EXISTS', KEYS[1]) == 0 then return {0} end
  redis.call('HSET', KEYS[1], 'next_at', '0')
  if redis.call('HINCRBY', KEYS[1], 'failures', -1) < 1 then redis.call('DEL', KEYS[1]) end
  return {1}
`);
