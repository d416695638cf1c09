import { script } from './script.js';

/**
 * `takeTokens` of token-bucket.ts inside Redis, by its clock. The key holds the time at which the bucket is full and
 * lives until then: about a minute for a bucket that holds a minute's tokens.
 * ARGV: tokens per minute, burst, cost, extra. Answer: granted, remaining, resetMs, retryAfterMs.
 */
export const takeTokensScript = script(`
  local per_minute, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
  local cost, extra = tonumber(ARGV[3]), tonumber(ARGV[4])
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
  local each = 60000 / per_minute
  local full_in = math.max(tonumber(redis.call('GET', KEYS[1]) or '0') - now, 0)
  local tokens = burst - full_in / each + 0.000001
  if tokens < cost then
    return {0, math.max(math.floor(tokens), 0), math.ceil(full_in), math.ceil((cost - tokens) * each)}
  end
  local granted = cost + math.min(extra, math.floor(tokens - cost))
  full_in = full_in + granted * each
  redis.call('SET', KEYS[1], string.format('%.3f', now + full_in), 'PX', math.max(math.ceil(full_in), 1))
  return {granted, math.floor(tokens - granted), math.ceil(full_in), 0}
`);
