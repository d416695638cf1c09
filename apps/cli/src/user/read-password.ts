import { StartError } from '@app/observability';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/**
 * The password for a new account: typed twice and unseen at a terminal, otherwise the first line of standard input.
 * Never an argument, which every process of the machine could read.
 */
export async function readPassword(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> {
  if (!input.isTTY) return firstLine(input);
  const first = await ask('Password: ', input, output);
  if (first !== (await ask('Once more: ', input, output))) throw new StartError('The two are not the same.');
  return first;
}

async function firstLine(input: NodeJS.ReadStream): Promise<string> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
  }
  throw new StartError('Standard input holds no password: pipe one in, or use --link.');
}

async function ask(question: string, input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> {
  // What is typed is echoed to this, which shows nothing.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: true });
  output.write(question);
  try {
    return await lines.question('');
  } finally {
    lines.close();
    output.write('\n');
  }
}
