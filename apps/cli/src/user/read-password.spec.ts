import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPassword } from './read-password.js';

function terminal(): {
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
  shown: () => string;
  type: (text: string) => void;
} {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const chunks: string[] = [];
  output.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return {
    input: Object.assign(input, { isTTY: true, setRawMode: () => input }) as unknown as NodeJS.ReadStream,
    output: output as unknown as NodeJS.WriteStream,
    shown: () => chunks.join(''),
    type: (text) => void input.write(text),
  };
}

function piped(text: string): NodeJS.ReadStream {
  const input = new PassThrough();
  input.end(text);
  return input as unknown as NodeJS.ReadStream;
}

const nowhere = new PassThrough() as unknown as NodeJS.WriteStream;

describe('readPassword', () => {
  it('takes the first line of what is piped in, spaces and all', async () => {
    expect(await readPassword(piped(' correct horse \nmore\n'), nowhere)).toBe(' correct horse ');
    expect(await readPassword(piped('correct horse'), nowhere)).toBe('correct horse');
  });

  it('says what to do when nothing is', async () => {
    await expect(readPassword(piped(''), nowhere)).rejects.toThrow('--link');
  });

  it('asks twice at a terminal and shows nothing of what is typed', async () => {
    const { input, output, shown, type } = terminal();
    const asked = readPassword(input, output);
    type('correct horse\r');
    await expect.poll(shown).toContain('Once more: ');
    type('correct horse\r');
    expect(await asked).toBe('correct horse');
    expect(shown()).not.toContain('horse');
  });

  it('refuses two that differ', async () => {
    const { input, output, shown, type } = terminal();
    const asked = readPassword(input, output);
    type('correct horse\r');
    await expect.poll(shown).toContain('Once more: ');
    type('correct mule\r');
    await expect(asked).rejects.toThrow('not the same');
  });
});
