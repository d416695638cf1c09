import { commands, jobs, waitingJobs } from '@app/contracts';
import type { DocComments } from './doc-comments.js';
import { markdownTable } from './markdown-table.js';
import { describePayload } from './payload-fields.js';

/**
 * docs/messages.md: everything the processes say to each other, from the catalog.
 * @param comments the doc comments of libs/contracts
 */
export function messagesDocument(comments: DocComments): string {
  const commandSections = Object.entries(commands).map(([name, { payload, from, to, merge }]) =>
    section(name, comments.get(`commands.${name}`), payload, comments, [
      `From ${from.join(', ')} to every replica of ${to}.`,
      merge ? 'Hints of a few milliseconds are merged into one.' : 'Each one is sent on its own.',
    ]),
  );
  const jobSections = Object.entries(jobs).map(([name, { payload, worker, effect, priority }]) =>
    section(name, comments.get(`jobs.${name}`), payload, comments, [
      `Queue \`${worker}\`, priority ${priority}.`,
      effect === 'unsafe'
        ? 'An attempt that nobody finished leaves it in doubt: it is not run again by itself.'
        : 'An attempt that nobody finished is run again.',
    ]),
  );
  const waitingSections = Object.entries(waitingJobs).map(([name, { payload }]) =>
    section(name, comments.get(`waitingJobs.${name}`), payload, comments, []),
  );
  return [
    '# Messages\n',
    'Generated from `libs/contracts/src/catalog.ts`. Payloads are validated when they are sent and when they arrive.\n',
    '## Commands\n',
    `${comments.get('CommandEntry') ?? ''}\n`,
    ...commandSections,
    '## Jobs\n',
    'A job is a row in PostgreSQL first; the queue only says whose turn it is. Exactly one worker does it.\n',
    ...jobSections,
    '## Jobs without a worker here\n',
    `${comments.get('waitingJobs') ?? ''}\n`,
    ...waitingSections,
  ].join('\n');
}

function section(
  name: string,
  meaning: string | undefined,
  payload: new () => object,
  comments: DocComments,
  facts: readonly string[],
): string {
  const rows = describePayload(payload).map(({ field, rules }) => [
    `\`${field}\``,
    rules,
    comments.get(`${payload.name}.${field}`) ?? '',
  ]);
  return `### ${name}\n\n${meaning ?? ''} ${facts.join(' ')}\n\n${markdownTable(['Field', 'Rules', 'Meaning'], rows)}`;
}
