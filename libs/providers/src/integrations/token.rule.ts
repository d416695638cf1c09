import { Matches } from 'class-validator';

/** What can stand in a header as it is: no line break that would begin another one, no space that would be cut off. */
const TOKEN = /^[!-~]{1,4096}$/;

/** A token or key as a provider gives it out. */
export function Token(): PropertyDecorator {
  return Matches(TOKEN, { message: 'must be 1 to 4,096 printable ASCII characters without spaces' });
}
