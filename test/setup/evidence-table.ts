import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TABLE = 'README.md';

/** docs/evidence/README.md: what each proof of a folder took, when and of which commit, as its own file says. */
export function evidenceTable(folder: string): { file: string; text: string } {
  const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== TABLE);
  const rows = names.toSorted().map((name) => row(name, readFileSync(join(folder, name), 'utf8')));
  const text = [
    '# Evidence',
    '',
    'What `npm run prove` showed in full size, and how long each part took: written with each of them. `npm run prove -- fires` runs',
    'one part and leaves the others as they are. A proof that is not here has not been run in full size.',
    '',
    '| part | proofs | passed | minutes | date | commit |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return { file: join(folder, TABLE), text };
}

function row(name: string, text: string): string {
  const proofs = [...text.matchAll(/^\| .+ \| (passed|failed) \| ([\d.]+) \|$/gm)];
  const passed = proofs.filter(([, outcome]) => outcome === 'passed').length;
  const seconds = proofs.reduce((sum, [, , took]) => sum + Number(took), 0);
  const date = /^- Date: (\S{10})/m.exec(text)?.[1] ?? '';
  const [, commit = '', changed] = /^- Commit: (\w{7})\w*(,.+)?$/m.exec(text) ?? [];
  const figures = [proofs.length, passed, (seconds / 60).toFixed(1), date, commit + (changed ? ' and changes' : '')];
  return `| [${name.replace('.md', '')}](${name}) | ${figures.join(' | ')} |`;
}
