import { configClasses, describeVariables, type VariableDescription } from '@app/config';
import { meaningOf, titleOf } from './configuration.doc.js';
import type { DocComments } from './doc-comments.js';

const WIDTH = 118;

/**
 * .env.example: every variable with its default, commented out, because nothing has to be set to begin with.
 * @param comments the doc comments of the config classes
 */
export function envExample(comments: DocComments): string {
  const told = new Set<string>();
  const isNew = ({ name }: VariableDescription) => !told.has(name) && told.add(name);
  const sections = configClasses.map((type) => {
    const variables = describeVariables([type]).filter(isNew);
    return [`# --- ${titleOf(type, comments).title}`, ...variables.map((one) => entry(one, comments))].join('\n\n');
  });
  const head = comment(
    'Copy this file to .env and set what you need; without it everything has a default for development. ' +
      'Generated from libs/config: see docs/configuration.md.',
  );
  return `${[head, ...sections].join('\n\n')}\n`;
}

/** .env.test: one process for a test by hand, which takes no fixed port and says only what is wrong. */
export function envTest(): string {
  const values = { ENVIRONMENT: 'test', LOG_LEVEL: 'warn', SERVER_PORT: '0', METRICS_PORT: '0', HEALTH_PORT: '0' };
  const known = new Set(describeVariables(configClasses).map(({ name }) => name));
  const lines = Object.entries({ ...values, BIOMETRICS_DATA_DIR: '.data/test' }).map(([name, value]) => {
    if (!known.has(name)) throw new Error(`.env.test names ${name}, which no config class reads.`);
    return `${name}=${value}`;
  });
  const head = comment('For a process started by hand in a test: no fixed ports, a data folder of its own. Generated.');
  return `${head}\n${lines.join('\n')}\n`;
}

function entry(variable: VariableDescription, comments: DocComments): string {
  const { name, defaults, required } = variable;
  const perProcess = Object.entries(defaults.byProcess).map(([process, port]) => `${process} ${port}`);
  const value = perProcess.length > 0 ? '' : (defaults.byEnvironment['development'] ?? defaults.always ?? '');
  const notes = [
    meaningOf(variable, comments),
    perProcess.length > 0 ? `Default: ${perProcess.join(', ')}.` : '',
    required ? 'Required in staging and production.' : '',
  ];
  return `${comment(notes.filter(Boolean).join(' '))}\n# ${name}=${value}`;
}

/** A text as comment lines that fit the width of the page. */
function comment(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => `# ${line}`).join('\n');
}
