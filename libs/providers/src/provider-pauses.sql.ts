import { MOST_ACCOUNTS } from './known-pauses.js';

/**
 * Pauses an account, by PostgreSQL's clock. The longest pause counts, and an owner has so many at a time that a provider
 * with a wildcard of host names does not fill the table. $1 owner, $2 account, $3 for how long, in ms.
 */
export const pauseSql = `
INSERT INTO provider_pauses AS p (user_id, account, until)
SELECT $1::uuid, $2::varchar, now() + $3::int * interval '1 ms'
WHERE (SELECT count(*) FROM provider_pauses o WHERE o.user_id = $1 AND o.account <> $2 AND o.until > now()) < ${MOST_ACCOUNTS}
ON CONFLICT (user_id, account) DO UPDATE SET until = excluded.until, changed_at = now() WHERE excluded.until > p.until`;

/**
 * An expression: pauses that were written in the last $1 ms and are not over, with the ms that are left of each: no process's own clock
 * has a part in it.
 */
export const pausesSql = `
(SELECT json_agg(json_build_object(
   'user_id', user_id, 'account', account, 'for_ms', ceil(extract(epoch FROM until - now()) * 1000)::int))
 FROM provider_pauses WHERE changed_at > now() - $1::int * interval '1 ms' AND until > now())`;
