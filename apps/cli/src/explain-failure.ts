import { AppError } from '@app/contracts';
import { explainStartFailure } from '@app/observability';
import { ServerError } from '@app/servers';

/** What the operating system says when a folder or disk is in the way, and what to do about it. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: make room, or choose another folder with BIOMETRICS_DATA_DIR.',
  EDQUOT: "This user's share of the disk is used up: make room, or choose another folder with BIOMETRICS_DATA_DIR.",
  EROFS: 'The disk is read-only: choose another folder with BIOMETRICS_DATA_DIR.',
  EACCES: 'This user may not write there: choose another folder with BIOMETRICS_DATA_DIR, or correct its owner.',
  EPERM: 'This user may not do that there: choose another folder with BIOMETRICS_DATA_DIR, or correct its owner.',
  ENOTDIR: 'A file is where a folder should be: remove it, or choose another folder with BIOMETRICS_DATA_DIR.',
  EEXIST: 'A file is where a folder should be: remove it, or choose another folder with BIOMETRICS_DATA_DIR.',
};

const NO_PLACE = 'No folder can be made there: choose another one with BIOMETRICS_DATA_DIR.';

/** One line for what the user can mend, a stack for a bug of ours. */
export function explainFailure(error: unknown): string {
  if (error instanceof ServerError) return error.message;
  if (error instanceof AppError && error.kind === 'user') return error.message;
  return explainFileFailure(error) ?? explainServerFailure(error) ?? explainStartFailure(error);
}

function explainFileFailure(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const cannotBeMade = error.code === 'ENOENT' && 'syscall' in error && error.syscall === 'mkdir';
  const remedy = cannotBeMade ? NO_PLACE : REMEDIES[String(error.code)];
  if (remedy === undefined) return undefined;
  if ('path' in error) return `${String(error.path)} (${String(error.code)}): ${remedy}`;
  return error.code === 'ENOSPC' ? remedy : undefined; // A write to an open file does not know its name.
}

/** What keeps us out of a server that the user named. 28: invalid authorization; 3D: no such database (PostgreSQL, appendix A). */
function explainServerFailure(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (/^(28|3D)/.test(String(error.code))) return `PostgreSQL refuses us: ${error.message}. Correct DATABASE_URL.`;
  const isUnknown = error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN';
  return isUnknown ? `No address is known for the server: ${error.message}. Correct its name.` : undefined;
}
