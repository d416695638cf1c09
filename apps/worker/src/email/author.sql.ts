/** The person who answers for what a run mails. */
export interface Author {
  email: string;
  isVerified: boolean;
}

/** The author of an account's mails: the person, or the one whose machine it is. $1 user. */
export const findAuthor = `
SELECT author.email, author.email_verified_at IS NOT NULL AS "isVerified"
  FROM users JOIN users author ON author.id = coalesce(users.owner_id, users.id)
 WHERE users.id = $1`;
