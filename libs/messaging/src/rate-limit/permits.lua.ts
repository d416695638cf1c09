import { script } from './script.js';

/**
 * Since when Redis remembers everything, as far as permits are concerned: `KEYS[2]` says it, and of which process of Redis.
 * After FLUSHALL it is gone, and after a restart with what was saved earlier, or a failover, it names another process:
 * then nobody knows what has been given, and it begins anew.
 */
const remembered = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
  local process = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  local function remember_from(key, since)
    redis.call('SET', key, process .. ' ' .. string.format('%.3f', since))
    return since
  end
  local function remembers_since(key)
    local known, since = string.match(redis.call('GET', key) or '', '^(%S+) (%S+)$')
    if known == process then return tonumber(since) end
    return remember_from(key, now)
  end
`;

/**
 * Gives a permit of an account, or says when to ask again. `KEYS[1]` is a sorted set of the permits that count, each by the
 * time until which it does, and of 'next': when the next one who has to wait may come. Those who wait are told times of
 * their own, as far apart as permits come back, so that not all of them ask for each.
 *
 * ARGV: most permits, the window in ms, how long this one counts at most in ms, how long nothing is given after memory
 * began in ms, the permit. Answer: 1 and 0 when it was given, or 0 and how long to wait in ms.
 */
export const takePermitScript = script(`
  ${remembered}
  local most, window = tonumber(ARGV[1]), tonumber(ARGV[2])
  local held_for, blind_for = tonumber(ARGV[3]), tonumber(ARGV[4])
  local opens = remembers_since(KEYS[2]) + blind_for
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.3f', now))
  local next_at = tonumber(redis.call('ZSCORE', KEYS[1], 'next') or '0')
  local held = redis.call('ZCARD', KEYS[1]) - (next_at > 0 and 1 or 0)
  local function keep(member, at)
    redis.call('ZADD', KEYS[1], string.format('%.3f', at), member)
    local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
    redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(last[2]) - now) + 1000)
  end
  if now >= opens and held < most then
    keep(ARGV[5], now + held_for)
    return {1, 0}
  end
  local from = math.max(now, opens, next_at)
  if held >= most then
    local first = redis.call('ZRANGE', KEYS[1], 0, 1, 'WITHSCORES')
    local over = tonumber(first[1] == 'next' and first[4] or first[2])
    -- One that is under way counts for a window after its answer, which may come any moment.
    from = math.max(from, math.min(over, now + window))
  end
  keep('next', from + window / most)
  return {0, math.ceil(from - now)}
`);

/** A call was answered: its permit counts for one window more. ARGV: the window in ms, the permit. */
export const answeredScript = script(`
  local time = redis.call('TIME')
  local until_ms = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000 + tonumber(ARGV[1])
  local held = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[2]) or '0')
  if held > until_ms then redis.call('ZADD', KEYS[1], string.format('%.3f', until_ms), ARGV[2]) end
  return {1}
`);

/** Permits were given that Redis knows nothing of: it remembers everything from now on. KEYS[1] as KEYS[2] above. */
export const forgetScript = script(`
  ${remembered}
  remember_from(KEYS[1], now)
  return {1}
`);

/** Whether anybody answers. */
export const answersScript = script('return {1}');
