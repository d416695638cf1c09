import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { THROTTLED, ThrottleInterceptor } from './throttle.interceptor.js';
import type { ThrottledAction } from './throttled-action.js';

/**
 * Limits a route more strictly than the others: by the address, and by the account, which is the caller's or else the
 * `email` of the body. Wrong guesses make the next one wait.
 */
export function Throttled(action: ThrottledAction): MethodDecorator {
  return applyDecorators(SetMetadata(THROTTLED, action), UseInterceptors(ThrottleInterceptor));
}
