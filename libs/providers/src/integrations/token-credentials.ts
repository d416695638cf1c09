import { Token } from './token.rule.js';

/** One token. */
export class TokenCredentials {
  @Token()
  token: string;
}
