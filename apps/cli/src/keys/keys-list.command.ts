import { CommandRunner, SubCommand } from 'nest-commander';
import { Output } from '../output/output.service.js';
import { tableLines } from '../platform/table-lines.js';
import { environmentWithDatabase } from '../platform/platform-environment.js';
import { KeysService, type ListedKey } from './keys.service.js';

@SubCommand({ name: 'list', description: 'List the keys of the ring, and how many values are stored under each' })
export class KeysListCommand extends CommandRunner {
  constructor(
    private readonly keys: KeysService,
    private readonly output: Output,
  ) {
    super();
  }

  async run(): Promise<void> {
    const keys = await this.keys.list(environmentWithDatabase());
    const rows = keys.map((listed) => [listed.key || '(unknown form)', placeOf(listed), totalOf(listed)]);
    this.output.print({ keys }, tableLines(['key', 'in the ring', 'values'], rows));
  }
}

function placeOf({ current, in_ring: isInRing }: ListedKey): string {
  if (current) return 'current';
  return isInRing ? 'yes' : 'no';
}

function totalOf({ values }: ListedKey): number {
  return Object.values(values).reduce((sum, count) => sum + count, 0);
}
