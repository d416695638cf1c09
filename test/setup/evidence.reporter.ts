import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type as systemName } from 'node:os';
import { basename, join } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { evidenceTable } from './evidence-table.js';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'evidence');
const GIB = 1024 ** 3;

/**
 * Writes docs/evidence/<proof>.md for each file of proofs that ran in full size: what, where, when, of which commit; and the
 * table of all of them.
 */
export class EvidenceReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (process.env['PROOF_SIZE'] !== 'full') return;
    mkdirSync(FOLDER, { recursive: true });
    for (const module of modules.filter(({ project }) => project.name === 'chaos')) {
      const name = basename(module.moduleId, '.chaos-spec.ts');
      const tests = [...module.children.allTests()].filter((test) => test.result().state !== 'skipped');
      if (tests.length > 0) writeFileSync(join(FOLDER, `${name}.md`), evidence(name, tests));
    }
    const { file, text } = evidenceTable(FOLDER);
    writeFileSync(file, text);
  }
}

function evidence(name: string, tests: readonly TestCase[]): string {
  const rows = tests.map((test) => `| ${sentence(test)} | ${test.result().state} | ${seconds(test)} |`);
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model.trim() ?? arch()}, ${Math.round(totalmem() / GIB)} GiB`;
  return [
    `# Evidence: ${name}`,
    '',
    `Written by \`npm run prove -- ${name}\`, in full size.`,
    '',
    `- Machine: ${machine}, ${systemName()} ${release()}, Node.js ${process.versions.node}`,
    `- Date: ${new Date().toISOString()}`,
    `- Commit: ${commit()}`,
    '',
    '| proof | outcome | seconds |',
    '| --- | --- | --- |',
    ...rows,
    ...tests.flatMap(figures),
    '',
  ].join('\n');
}

/** What a test measured, as it noted it. */
function figures(test: TestCase): string[] {
  const measured = Object.entries(test.meta().figures ?? {});
  if (measured.length === 0) return [];
  const rows = measured.map(([name, value]) => `| ${name} | ${value} |`);
  return ['', `## ${sentence(test)}`, '', '| figure | value |', '| --- | --- |', ...rows];
}

function sentence(test: TestCase): string {
  return test.fullName.replaceAll(' > ', ' ').replaceAll('|', '\\|');
}

function seconds(test: TestCase): string {
  return ((test.diagnostic()?.duration ?? 0) / 1_000).toFixed(1);
}

function commit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: FOLDER, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', ':/', ':!.') !== '';
  return `${git('rev-parse', 'HEAD')}${changed ? ', with changes that are not committed' : ''}`;
}
