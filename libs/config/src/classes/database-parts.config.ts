import { Max, Min, MinLength } from 'class-validator';
import { integer } from '../parsers/integer.parser.js';
import { text } from '../parsers/text.parser.js';
import { Variable } from '../variable.decorator.js';

/** The pieces of DATABASE_URL, read only when that is not set. */
export class DatabaseParts {
  /** Host of PostgreSQL. Used only without DATABASE_URL, like the other pieces. */
  @Variable('DB_HOST', text)
  @MinLength(1)
  host = '127.0.0.1';

  /** Port of PostgreSQL. */
  @Variable('DB_PORT', integer)
  @Min(1)
  @Max(65_535)
  port = 5432;

  /** User to connect as. */
  @Variable('DB_USER', text)
  @MinLength(1)
  user = 'biometrics';

  /** Password of that user. */
  @Variable('DB_PASSWORD', text, { secret: true, required: true, hint: "the database user's password" })
  password = '';

  /** Name of the database. */
  @Variable('DB_NAME', text)
  @MinLength(1)
  name = 'biometrics';
}

/** One URL from the pieces; what could be mistaken for punctuation is escaped. */
export function databaseUrl({ host, port, user, password, name }: DatabaseParts): string {
  const secret = password === '' ? '' : `:${encodeURIComponent(password)}`;
  return `postgres://${encodeURIComponent(user)}${secret}@${host}:${port}/${encodeURIComponent(name)}`;
}
