/**
 * How many mails of a person and their machines were sent lately, or may have been, counted to a limit. Of mails that are
 * being sent at this moment the older ones come first, so that the last one that may be sent is. Ids are made in the
 * order of time, so the day is a range of the index.
 * $1 account, $2 the first id of the day, $3 this job, $4 where to stop counting.
 */
export const mailsOfTheDaySql = `
WITH holder AS (SELECT coalesce(owner_id, id) AS id FROM users WHERE id = $1),
accounts AS (
  SELECT id FROM holder
  UNION ALL
  SELECT users.id FROM users JOIN holder ON users.owner_id = holder.id
)
SELECT count(*)::int AS mails FROM (
  SELECT FROM accounts JOIN jobs j ON j.user_id = accounts.id
  WHERE j.id >= $2 AND j.type = 'email.send'
    AND (j.status IN ('succeeded', 'in_doubt') OR (j.status = 'running' AND j.id < $3))
  LIMIT $4
) AS counted`;
