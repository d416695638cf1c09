import { HttpConfig, loadConfig, type Variables } from '@app/config';

/** The pages that a link with a one-time token opens. */
export type AccountPage = 'register' | 'reset-password';

/**
 * A link to a page under PUBLIC_URL. The token stands behind `#`, which browsers send to no server: it reaches no log.
 * @param origin where the API is when PUBLIC_URL does not say so
 */
export function accountLink(env: Variables, page: AccountPage, token: string, origin?: string): string {
  const { givenPublicUrl, publicUrl } = loadConfig(HttpConfig, env);
  return `${givenPublicUrl ?? origin ?? publicUrl}/account/${page}#token=${token}`;
}
