import { Max, Min } from 'class-validator';
import { duration } from '../parsers/duration.parser.js';
import { Variable } from '../variable.decorator.js';

/** Accounts that are to be deleted. */
export class ErasureConfig {
  /** How long the deletion of an account can be withdrawn; then it is erased with everything it owns. */
  @Variable('ACCOUNT_DELETION_GRACE', duration())
  @Min(0)
  @Max(31_536_000_000)
  graceMs = 2_592_000_000;
}
