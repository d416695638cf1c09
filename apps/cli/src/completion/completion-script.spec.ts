import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { completionScript, type CommandTree } from './completion-script.js';

function command(name: string, commands: CommandTree[] = [], options: string[] = []): CommandTree {
  return { name: () => name, commands, options: options.map((long) => ({ long })) };
}

const script = completionScript(
  command(
    'tool',
    [command('migrate', [command('up'), command('down', [], ['--steps'])]), command('serve')],
    ['--json'],
  ),
);

/** What bash offers after the words, the last of which is being typed. */
function complete(...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const run = `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _tool; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', run], { encoding: 'utf8' }).trim().split('\n');
}

it.each([
  [
    ['tool', ''],
    ['migrate', 'serve', '--json'],
  ],
  [['tool', 'mi'], ['migrate']],
  [
    ['tool', '--json', 'migrate', ''],
    ['up', 'down', '--json'],
  ],
  [['tool', 'migrate', 'down', '--s'], ['--steps']],
  [
    ['tool', 'serve', 'w'],
    ['workflow', 'worker'],
  ],
])('after %j bash offers %j', (words, offered) => {
  expect(complete(...words)).toEqual(offered);
});
