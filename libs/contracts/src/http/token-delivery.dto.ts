import { IsBoolean, IsOptional } from 'class-validator';

/** How a sign-in hands over its refresh token. */
export class TokenDelivery {
  /**
   * For pages: the refresh token comes as a cookie that no script can read, and not in the answer. POST /auth/refresh
   * without a token reads it.
   */
  @IsOptional()
  @IsBoolean()
  refresh_in_cookie?: boolean;
}
