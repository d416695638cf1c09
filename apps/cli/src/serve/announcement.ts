import type { DataFolder } from '../platform/data-folder.js';

/** What there is to say about a platform that runs. */
export interface Announced {
  /** Where the API is. */
  readonly origin: string;
  readonly folder: DataFolder;
  /** Where the first administrator makes their account; undefined when there is one. */
  readonly firstAdminLink: string | undefined;
}

/** What a person wants to know once the platform runs. The first line is the one that scripts wait for. */
export function announcement({ origin, folder, firstAdminLink }: Announced): string {
  const user = `{"email":"you@example.org","password":"correct horse battery","name":"You"}`;
  return [
    `biometrics is ready: ${origin}`,
    `  API      ${origin}/api/v1, described in ${origin}/docs`,
    `  try      curl -s ${origin}/api/v1/auth/register -H 'content-type: application/json' -d '${user}'`,
    ...(firstAdminLink === undefined ? [] : [`  admin    there is none yet; make yours, once: ${firstAdminLink}`]),
    `  data     ${folder.path}, logs in ${folder.logs}`,
    '  stop     Ctrl-C',
    '',
  ].join('\n');
}
