import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const usualNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium of this machine: BROWSER_PATH, or one of the usual names; undefined when there is none. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = env['BROWSER_PATH'];
  if (given !== undefined && given !== '') return given;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return usualNames.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** Why the tests in a browser do not run; undefined when they do. */
export function whyNoBrowser(): string | undefined {
  return findBrowser() === undefined
    ? 'no Chromium was found: set BROWSER_PATH, or install chromium; .ci/run does that by itself'
    : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
