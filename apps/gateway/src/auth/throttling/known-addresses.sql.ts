/**
 * Whether the account of an e-mail address has had a session from an IP address or its network.
 * $1 e-mail address, $2 IP address, $3 its network, $4 whether it has to be proved that the
 * e-mail address is the person's.
 */
export const signedInFrom = `
  SELECT EXISTS (
    SELECT FROM sessions JOIN users ON users.id = sessions.user_id
     WHERE lower(users.email) = lower($1)
       AND (users.email_verified_at IS NOT NULL OR NOT $4)
       AND (sessions.ip_address = $2::inet OR sessions.ip_address <<= $3::inet)
  ) AS known`;
