import { script } from './script.js';

/**
 * What Redis remembers of permits is a sorted set: the name of its process and since when it remembers everything, for
 * ever, and each account by the time until which there is something to be known of it. After FLUSHALL, or when the set was
 * deleted, it is gone, and after a restart with what was saved earlier, or a failover, it names another process: then nobody
 * knows what has been given, and it begins anew.
 */
const remembered = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
  local process = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  local function remember_from(key, since)
    redis.call('ZREMRANGEBYSCORE', key, '+inf', '+inf')
    redis.call('ZADD', key, '+inf', process .. ' ' .. string.format('%.3f', since))
    return since
  end
  local function remembers_since(key)
    local said = redis.call('ZRANGEBYSCORE', key, '+inf', '+inf')[1]
    local known, since = string.match(said or '', '^(%S+) (%S+)$')
    if known == process then return tonumber(since) end
    return remember_from(key, now)
  end
`;

/** Sees to it that a bucket is kept as long as anything in it counts, and that its loss is noticed so long. */
const knowing = `
  local function know_until_last()
    local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
    redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(last) - now) + 1000)
    redis.call('ZADD', KEYS[2], last, KEYS[1])
  end
`;

/**
 * Gives a permit of an account, or says when to ask again. `KEYS[1]`, the account's bucket, is a sorted set of the permits
 * that count, each by the time until which it does; of 'next': when the next one who has to wait may come; and, after it
 * was lost, of 'lost': until when what it had may count. Those who wait are told times of their own, as far apart as permits
 * come back, so that not all of them ask for each. `KEYS[2]` is what Redis remembers.
 *
 * ARGV: most permits, the window in ms, how long this one counts at most in ms, how long nothing is given after memory
 * began in ms, the permit. Answer: 1 and 0 when it was given, or 0 and how long to wait in ms.
 */
export const takePermitScript = script(`
  ${remembered}
  ${knowing}
  local most, window = tonumber(ARGV[1]), tonumber(ARGV[2])
  local held_for, blind_for = tonumber(ARGV[3]), tonumber(ARGV[4])
  local opens = remembers_since(KEYS[2]) + blind_for
  local known_until = tonumber(redis.call('ZSCORE', KEYS[2], KEYS[1]) or '0')
  if known_until > now and redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('ZADD', KEYS[1], string.format('%.3f', math.min(known_until, now + held_for)), 'lost')
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.3f', now))
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.3f', now))
  local next_at = tonumber(redis.call('ZSCORE', KEYS[1], 'next') or '0')
  local lost_until = tonumber(redis.call('ZSCORE', KEYS[1], 'lost') or '0')
  local held = redis.call('ZCARD', KEYS[1]) - (next_at > 0 and 1 or 0) - (lost_until > 0 and 1 or 0)
  opens = math.max(opens, lost_until)
  if now >= opens and held < most then
    redis.call('ZADD', KEYS[1], string.format('%.3f', now + held_for), ARGV[5])
    know_until_last()
    return {1, 0}
  end
  local from = math.max(now, opens, next_at)
  if held >= most then
    local first = redis.call('ZRANGE', KEYS[1], 0, 1, 'WITHSCORES')
    local over = tonumber(first[1] == 'next' and first[4] or first[2])
    -- One that is under way counts for a window after its answer, which may come any moment.
    from = math.max(from, math.min(over, now + window))
  end
  redis.call('ZADD', KEYS[1], string.format('%.3f', from + window / most), 'next')
  know_until_last()
  return {0, math.ceil(from - now)}
`);

/** A call was answered: its permit counts for one window more. KEYS as above. ARGV: the window in ms, the permit. */
export const answeredScript = script(`
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
  ${knowing}
  local until_ms = now + tonumber(ARGV[1])
  local held = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[2]) or '0')
  if held > until_ms then
    redis.call('ZADD', KEYS[1], string.format('%.3f', until_ms), ARGV[2])
    know_until_last()
  end
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
