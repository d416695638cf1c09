import type { DataFolder } from '../platform/data-folder.js';

/** What a person wants to know once the platform runs. The first line is the one that scripts wait for. */
export function announcement(origin: string, folder: DataFolder): string {
  const user = `{"email":"you@example.org","password":"correct horse battery","name":"You"}`;
  return [
    `biometrics is ready: ${origin}`,
    `  API      ${origin}/api/v1, described in ${origin}/docs`,
    `  try      curl -s ${origin}/api/v1/auth/register -H 'content-type: application/json' -d '${user}'`,
    `  data     ${folder.path}, logs in ${folder.logs}`,
    '  stop     Ctrl-C',
    '',
  ].join('\n');
}
