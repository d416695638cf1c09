import { UseInterceptors } from '@nestjs/common';
import { RefreshToCookieInterceptor } from './refresh-to-cookie.interceptor.js';

/** For sign-ins whose body is a `TokenDelivery`: a page may have its refresh token in a cookie. */
export function RefreshInCookie(): MethodDecorator {
  return UseInterceptors(RefreshToCookieInterceptor);
}
