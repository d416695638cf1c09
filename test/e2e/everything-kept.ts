import { redisCommand } from '@app/servers';
import { Client } from 'pg';

/** Every value of every key, whatever its type, as one text. */
const EVERYTHING = `
local all = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local type = redis.call('TYPE', key).ok
  local read = { string = {'GET'}, hash = {'HGETALL'}, set = {'SMEMBERS'}, list = {'LRANGE', 0, -1},
    zset = {'ZRANGE', 0, -1}, stream = {'XRANGE', '-', '+'} }
  local command = read[type]
  all[#all + 1] = { key, redis.call(command[1], key, unpack(command, 2)) }
end
return redis.status_reply(cjson.encode(all))`;

/** All that a Redis holds. */
export async function everythingInRedis(url: string): Promise<string> {
  return redisCommand(url, 'EVAL', EVERYTHING, '0');
}

/** Every row of every table as text, by the table's name. */
export async function everythingInPostgres(url: string): Promise<Record<string, string>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );
    const texts: [string, string][] = [];
    for (const { name } of rows) {
      const { rows: all } = await client.query<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`);
      texts.push([name, all.map(({ row }) => row).join('\n')]);
    }
    return Object.fromEntries(texts);
  } finally {
    await client.end();
  }
}
