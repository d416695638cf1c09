import { Max, Min } from 'class-validator';
import { duration } from '../parsers/duration.parser.js';
import { Variable } from '../variable.decorator.js';

const DAY_MS = 86_400_000;

/** How long programs may call the API with one key. */
export class ApiKeysConfig {
  /** How long an API key is good for when its maker does not say. */
  @Variable('API_KEY_EXPIRE', duration())
  @Min(DAY_MS)
  @Max(3_650 * DAY_MS)
  defaultTtlMs = 90 * DAY_MS;

  /** The longest that a new API key may be good for. */
  @Variable('API_KEY_EXPIRE_MAX', duration())
  @Min(DAY_MS)
  @Max(3_650 * DAY_MS)
  longestTtlMs = 365 * DAY_MS;
}
