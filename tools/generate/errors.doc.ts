import { requestErrorCodes, runErrorCodes } from '@app/contracts';
import type { DocComments } from './doc-comments.js';
import { markdownTable } from './markdown-table.js';

/**
 * docs/errors.md: every code a client can meet.
 * @param comments the doc comments of libs/contracts
 */
export function errorsDocument(comments: DocComments): string {
  const table = (list: object, owner: string) =>
    markdownTable(
      ['Code', 'Meaning'],
      Object.keys(list).map((code) => [`\`${code}\``, comments.get(`${owner}.${code}`) ?? '']),
    );
  return [
    '# Error codes\n',
    'Generated from `libs/contracts/src/error-codes.ts`. Programs look at the code; texts may change.\n',
    '## Of a request\n',
    'In the field `code` of a problem document (RFC 9457, `application/problem+json`).\n',
    table(requestErrorCodes, 'requestErrorCodes'),
    '## Of a run, a step or a job\n',
    'In the field `error.code` of what failed.\n',
    table(runErrorCodes, 'runErrorCodes'),
  ].join('\n');
}
