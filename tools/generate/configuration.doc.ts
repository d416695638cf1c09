import { configClasses, describeVariables, Environment, type VariableDescription } from '@app/config';
import type { DocComments } from './doc-comments.js';
import { markdownTable } from './markdown-table.js';

const introduction = `# Configuration

Every setting is an environment variable. A process reads them once, when it starts; a wrong value stops the start with
one line that names the variable and the remedy. In rising order of precedence: \`.env\` in the working folder,
\`~/.biometrics/config.env\`, \`/etc/biometrics/config.env\`, the real environment.

- An empty variable counts as not set, except that an empty list is the empty list.
- A secret (🔑) may be given as \`NAME_FILE\`, the path of a file that holds it.
- With \`ENVIRONMENT\` staging or production, a secret that is missing or that everybody knows (an example, a word such
  as \`password\`) is refused. Where a secret is made at the first start, it is kept in the data folder.
- Durations are written \`500ms\`, \`30s\`, \`15m\`, \`2h\`, \`7d\`; a number alone has the unit that the description names.
`;

/**
 * docs/configuration.md: each config class is a section, each of its variables a row.
 * @param comments the doc comments of the config classes
 */
export function configurationDocument(comments: DocComments): string {
  const sections = configClasses.map((type) => {
    const rows = describeVariables([type]).map((variable) => [
      `\`${variable.name}\`${variable.secret ? ' 🔑' : ''}`,
      defaultOf(variable),
      meaningOf(variable, comments),
    ]);
    const { title, more } = titleOf(type, comments);
    return `## ${title}\n\n${more}\n\n${markdownTable(['Variable', 'Default', 'Meaning'], rows)}`;
  });
  return [introduction, ...sections].join('\n');
}

/** The first sentence of a class's doc comment, and the others. */
export function titleOf({ name }: new () => object, comments: DocComments): { title: string; more: string } {
  const [, title = name, more = ''] = /^(.*?)\.(?:\s+(.*))?$/.exec(comments.get(name) ?? '') ?? [];
  return { title, more };
}

/** The doc comment of a variable's field, and which other variable it depends on. */
export function meaningOf({ owner, field, fallback }: VariableDescription, comments: DocComments): string {
  const comment = comments.get(`${owner}.${field}`) ?? '';
  return fallback === undefined ? comment : `${comment} When not set: the value of \`${fallback}\`.`;
}

/** A variable's default in words: where it differs, by process and environment. */
function defaultOf({ defaults, generated, required }: VariableDescription): string {
  const { always, byEnvironment, byProcess } = defaults;
  const processes = Object.entries(byProcess).map(([process, value]) => `${process} ${code(value)}`);
  const local = generated ? 'made at the first start' : always === undefined ? '' : code(always);
  const deployed = byEnvironment[Environment.Production];
  const differs = byEnvironment[Environment.Development];
  return [
    processes.length > 0 ? processes.join(', ') : (differs && code(differs)) || local,
    ...(deployed === undefined ? [] : [`production ${code(deployed)}`]),
    ...(differs === undefined ? [] : [`production ${local}`]),
    ...(required ? ['production: required'] : []),
  ]
    .filter(Boolean)
    .join('; ');
}

function code(value: string): string {
  return value === '' ? 'none' : `\`${value}\``;
}
