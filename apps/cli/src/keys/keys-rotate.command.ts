import { StartError } from '@app/observability';
import { CommandRunner, Option, SubCommand } from 'nest-commander';
import { Output } from '../output/output.service.js';
import { tableLines } from '../platform/table-lines.js';
import { environmentWithDatabase } from '../platform/platform-environment.js';
import { KeysService, type Rotation } from './keys.service.js';

/** Rows that are changed, and held meanwhile, by one transaction of some milliseconds. */
const DEFAULT_BATCH = 200;
const LARGEST_BATCH = 1_000;
/** Ids that are shown to a person; --json has all of them. */
const MOST_SHOWN = 20;

@SubCommand({
  name: 'rotate',
  description:
    'Encrypt everything stored under older keys under the first key of ENCRYPTION_KEYS, while the platform runs',
})
export class KeysRotateCommand extends CommandRunner {
  constructor(
    private readonly keys: KeysService,
    private readonly output: Output,
  ) {
    super();
  }

  async run(_: string[], { batch = DEFAULT_BATCH }: { batch?: number }): Promise<void> {
    const rotation = await this.keys.rotate(environmentWithDatabase(), batch);
    const rows = rotation.columns.map((each) => [each.column, each.reencrypted, each.left, each.unreadable.length]);
    this.output.print(rotation, tableLines(['column', 're-encrypted', 'left', 'unreadable'], rows));
    const mistake = mistakeIn(rotation);
    if (mistake !== undefined) throw new StartError(mistake);
  }

  @Option({ flags: '--batch <rows>', description: `rows of one transaction, ${DEFAULT_BATCH} unless given` })
  setBatch(value: string): number {
    const batch = Number(value);
    if (Number.isInteger(batch) && batch >= 1 && batch <= LARGEST_BATCH) return batch;
    throw new StartError(`--batch takes a number from 1 to ${LARGEST_BATCH}, not "${value}".`);
  }
}

function mistakeIn({ key, columns }: Rotation): string | undefined {
  const unreadable = columns.filter((each) => each.unreadable.length > 0);
  if (unreadable.length > 0) {
    const rows = unreadable.map(({ column, unreadable: ids }) => {
      const more = ids.length > MOST_SHOWN ? ` and ${ids.length - MOST_SHOWN} more` : '';
      return `  ${column}: ${ids.slice(0, MOST_SHOWN).join(', ')}${more}`;
    });
    return [
      'Some values do not open: their key is missing in ENCRYPTION_KEYS, or they were changed. Keep every old key. Rows:',
      ...rows,
    ].join('\n');
  }
  const left = columns.reduce((sum, each) => sum + each.left, 0);
  if (left === 0) return undefined;
  return (
    `${left} values are not under "${key}": a process still writes under an older key, or rows were held all the time. ` +
    'Restart what has another key first in ENCRYPTION_KEYS, and rotate again.'
  );
}
